/** A lesson on Discord, Slack and the web at once: every command by its real door, and one poll in all three places. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allCommands } from "../../src/bot/commands/all-commands.ts";
import { classEngine } from "../bot/activities/class-engine.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import type { Exchange, SeenMessage } from "../contracts/platform-driver.ts";
import { type Classroom, openClassroom, PLATFORMS, PLAYGROUND } from "./class-of-forty.ts";
import { CLASS_ACTIVITIES, LESSON } from "./lesson.ts";

const { engine, close } = classEngine();
const course = smallCourse([
  {
    id: "draws",
    kind: "single",
    question: "Which one may write something else each time?",
    choices: [{ text: "sampling", correct: true }, { text: "greedy" }],
  },
]);
let room: Classroom;

beforeAll(async () => {
  const limits = { perPersonPerMinute: 1000, perChannelPerMinute: 1000 };
  room = await openClassroom(3, engine, { ...course.course, limits });
});
afterAll(async () => {
  await room.stop();
  await close();
  course.remove();
});

function allText(exchange: Exchange): string {
  return [...exchange.messages(), ...exchange.privateMessages()].map(({ text }) => text).join("\n");
}

test("every command there is has its place in the lesson or in the class hour", () => {
  const placed = [...Object.keys(LESSON), ...CLASS_ACTIVITIES];
  const missing = allCommands.map(({ name }) => name).filter((name) => !placed.includes(name));
  expect(missing).toEqual([]);
});

describe.each(PLATFORMS)("on %s", (platform) => {
  test.each(Object.entries(LESSON))("/%s answers", async (name, { options = {}, teacher, answer }) => {
    const student = room.students.find((one) => one.platform === platform)!.user;
    const user = teacher ? room.teacherOn(platform) : student;
    const exchange = await user.command(name, options);
    expect(exchange.refusedByPlatform).toBeUndefined();
    expect(exchange.ackedAfterMs).toBeLessThan(3000);
    await room.eventually(() => expect(allText(exchange)).toMatch(answer));
  });

  test("a demonstration's reply has a link that opens the same in the playground", async () => {
    const student = room.students.find((one) => one.platform === platform)!.user;
    const exchange = await student.command("distribution", {
      prompt: "The quick — « 狐 » & brown",
      "top-k": 5,
      temperature: 0.5,
      model: "tiny-llama",
    });
    const [link] = await room.eventually(() => {
      const found = exchange.messages().flatMap(({ links }) => links);
      expect(found).toHaveLength(1);
      return found;
    });
    const [address, hash] = link!.split("#");
    expect(address).toBe(platform === "web" ? "/playground" : PLAYGROUND);
    const { seed, ...settings } = Object.fromEntries(new URLSearchParams(hash));
    expect(seed).toMatch(/^\d+$/);
    expect(settings).toEqual({
      tool: "next",
      prompt: "The quick — « 狐 » & brown",
      model: "tiny-llama",
      "top-k": "5",
      temperature: "0.5",
    });
  });

  test("/generate streams: its message grows before it is complete", async () => {
    const student = room.students.find((one) => one.platform === platform)!.user;
    const exchange = await student.command("generate", {
      prompt: "The nice",
      seed: 7,
      "top-p": 0.9,
      "max-new-tokens": 120,
    });
    const states = new Set<string>();
    await room.eventually(() => {
      states.add(allText(exchange));
      expect(allText(exchange)).toContain("Again: /generate");
    });
    expect(states.size).toBeGreaterThan(1);
  });

  test("wrong input is refused with the option named, and nothing is posted", async () => {
    const student = room.students.find((one) => one.platform === platform)!.user;
    const exchange = await student.command("generate", { prompt: "x", strategy: "greedy", "top-p": 0.5 });
    await room.eventually(() =>
      expect(allText(exchange)).toContain("top-p 0.5 has no effect with greedy decoding."),
    );
  });
});

test("one poll in all three places counts each person once, and its results are the same everywhere", async () => {
  await room.teacher.command("poll", {
    question: "Which one draws?",
    choices: "greedy|sampling",
    everywhere: true,
  });
  const shown = await room.eventually(() =>
    PLATFORMS.map((platform) => withButtons(room.newest(platform, "Which one draws?"), 2)),
  );
  for (const [index, { user }] of room.students.entries()) {
    const message = shown[PLATFORMS.indexOf(room.students[index]!.platform)]!;
    const [greedy, sampling] = message.buttons;
    await user.press(message, greedy!.label);
    await user.press(message, index === 0 ? greedy!.label : sampling!.label);
  }
  await room.eventually(() => {
    for (const platform of PLATFORMS)
      expect(room.newest(platform, "Which one draws?").text).toMatch(/3 votes/);
  });
  const closing = await room.eventually(() => withLabel(room.newest("discord", "Which one draws?"), "Close"));
  await room.teacher.press(closing, "Close");
  await room.eventually(() => {
    for (const platform of PLATFORMS) {
      const { text } = room.newest(platform, "Which one draws?");
      expect(text).toMatch(/greedy\D*1\D/);
      expect(text).toMatch(/sampling\D*2\D/);
    }
  });
});

function withButtons(message: SeenMessage, count: number): SeenMessage {
  if (message.buttons.length >= count) return message;
  throw new Error(`The message has the buttons ${message.buttons.map(({ label }) => label)}.`);
}

function withLabel(message: SeenMessage, label: string): SeenMessage {
  if (message.buttons.some((button) => button.label === label)) return message;
  throw new Error(`The message has the buttons ${message.buttons.map((button) => button.label)}.`);
}
