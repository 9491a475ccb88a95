/** Fine-tuning in class by the real doors of Discord, Slack and the web, with the models that come with Cloze. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createChartPictures } from "../../src/bot/charts/picture/chart-pictures.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { demonstrationTask } from "../../src/engine/learning/tasks.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import type { Exchange, PlatformUser, SeenModal } from "../contracts/platform-driver.ts";
import { type Classroom, openClassroom, PLATFORMS } from "./class-of-forty.ts";

const MINUTES = { timeout: 5 * 60_000 };
const QUESTION = "What is the weakness of top-k?";
const course = smallCourse([
  {
    id: "weakness",
    kind: "short",
    question: QUESTION,
    references: ["A fixed number of tokens does not adapt to how certain the model is."],
  },
]);
/** Twelve of praise and twelve complaints, as they are typed into a form. */
const LINES = ["praise", "complaint"].flatMap((label) =>
  demonstrationTask("opinion")
    .examples.filter((example) => example.label === label)
    .slice(0, 12)
    .map(({ text }) => `${label}: ${text}`),
);

let engine: Engine;
let room: Classroom;
beforeAll(async () => {
  engine = createEngine({ threads: 1 });
  const limits = { perPersonPerMinute: 1000, perChannelPerMinute: 1000 };
  room = await openClassroom(6, engine, { ...course.course, limits }, undefined, createChartPictures());
});
afterAll(async () => {
  await room.stop();
  await engine.close();
  course.remove();
});

function said(exchange: Exchange): string {
  return [...exchange.messages(), ...exchange.privateMessages()].map(({ text }) => text).join("\n");
}

/** Uses a command and waits until its answer has these words; gives all that was answered. */
async function answered(
  user: PlatformUser,
  command: string,
  options: Record<string, string | number | boolean>,
  words: string | RegExp,
): Promise<string> {
  const exchange = await user.command(command, options);
  expect(exchange.refusedByPlatform).toBeUndefined();
  expect(exchange.ackedAfterMs).toBeLessThan(3_000);
  return room.eventually(() => {
    const text = said(exchange);
    expect(text).toMatch(words);
    return text;
  });
}

/** Everything that stood there one after the other, until these words do. */
async function statesUntil(exchange: Exchange, words: string): Promise<Set<string>> {
  const states = new Set<string>();
  for (let text = ""; !text.includes(words); states.add(text)) {
    await nextTurn();
    text = said(exchange);
  }
  return states;
}

async function formOf(exchange: Exchange): Promise<SeenModal> {
  return room.eventually(() => {
    const form = exchange.modal();
    if (!form) throw new Error(`No form opened. ${said(exchange)}`);
    return form;
  });
}

async function submitted(user: PlatformUser, form: SeenModal, fields: Record<string, string>, words: string) {
  const exchange = await room.during(user.submit(form, fields));
  await room.eventually(() => expect(said(exchange)).toContain(words));
}

describe.each(PLATFORMS)("on %s", (platform) => {
  const set = `mood-${platform}`;
  const [first, second] = [0, 1].map((i) => () => {
    return room.students.filter((student) => student.platform === platform)[i]!.user;
  });

  test(
    "a form takes the examples; a line without a label is refused with its number, and nothing is kept",
    MINUTES,
    async () => {
      const opened = await room.during(first!().command("examples add", { set }));
      const form = await formOf(opened);
      expect(form.fields[0]).toMatchObject({ id: "set", value: set });
      const broken = [...LINES.slice(0, 3), "no label here"].join("\n");
      await submitted(first!(), form, { set, list: broken }, "line 4 has no colon");
      await answered(first!(), "examples list", { set }, `There is no set of examples "${set}"`);

      const again = await formOf(await room.during(first!().command("examples add", { set })));
      await submitted(first!(), again, { set, list: LINES.join("\n") }, `24 examples added to ${set}.`);
      const listed = await answered(second!(), "examples list", { set }, "and 4 more");
      expect(listed).toContain("The guide was friendly");
    },
  );

  test("what is wrong with the examples is told in place of a training", MINUTES, async () => {
    await answered(
      first!(),
      "examples add",
      { set: `one-${platform}`, text: "Hm.", label: "praise" },
      "1 example added",
    );
    await answered(first!(), "finetune", { examples: `one-${platform}` }, 'All examples are "praise"');
    await answered(first!(), "finetune", {}, "Name what to train on");
    await answered(
      first!(),
      "finetune",
      { examples: "nothing" },
      /There is no set of examples "nothing"\. There are .*mood/,
    );
    await answered(first!(), "classify", { head: "nothing", text: "x" }, 'There is no head "nothing"');
  });

  test(
    "a head is trained, with progress before the result and two charts with it, and labels a new text",
    MINUTES,
    async () => {
      const exchange = await room.during(
        first!().command("finetune", { examples: set, epochs: 200, "early-stopping": false }),
      );
      const states = await room.during(statesUntil(exchange, `Kept as head ${set}`), 600_000);
      const done = [...states].at(-1)!;
      expect([...states][0]).toContain("24 examples from the examples of");
      expect(states.size).toBeGreaterThan(1);
      expect(done).toMatch(/head, held out\D*\d+ %/);
      expect(done).toMatch(/(Under|Over)fitting:|It fits:/);
      const pictures = exchange
        .messages()
        .flatMap(({ files }) => files.map(({ name, alt }) => `${name} ${alt}`));
      if (platform !== "web") {
        expect(pictures.filter((each) => each.includes(".png"))).toHaveLength(2);
        expect(pictures.join("\n")).toContain("Accuracy while the head is trained");
      }

      const classified = await answered(
        second!(),
        "classify",
        { head: set, text: "The waiter was rude." },
        "Nearest training examples",
      );
      expect(classified).toMatch(/complaint\D*\d/);
      expect(classified).toMatch(/0\.\d\d (praise|complaint) /);
    },
  );

  test("heads are listed; who has not trained one can't delete it, the teacher can", MINUTES, async () => {
    const listed = await answered(second!(), "heads list", {}, set);
    expect(listed).toMatch(/praise, complaint/);
    await answered(second!(), "heads delete", { head: set }, `Somebody else has trained ${set}`);
    await answered(room.teacherOn(platform), "heads delete", { head: set }, `The head ${set} is deleted.`);
    await answered(second!(), "classify", { head: set, text: "x" }, `There is no head "${set}"`);
  });

  test("students delete only their own examples", MINUTES, async () => {
    await answered(second!(), "examples delete", { set }, `0 examples of yours deleted from ${set}.`);
    await answered(first!(), "examples delete", { set }, `24 examples of yours deleted from ${set}.`);
    await answered(first!(), "examples list", { set }, "There is no set of examples");
  });

  test("one question as plain text and through the chat template", MINUTES, async () => {
    const options = { prompt: "Why is the sky blue?", "max-new-tokens": 4 };
    const shown = await answered(first!(), "prompt-modes", options, "Again: /prompt-modes");
    expect(shown).toContain("was tuned to follow instructions");
    await answered(
      first!(),
      "prompt-modes",
      { ...options, model: "gpt-9" },
      'There is no decoder-only model "gpt-9"',
    );
  });

  test("the recorded curves come with a chart", MINUTES, async () => {
    const exchange = await room.during(first!().command("learning-curves"));
    await room.eventually(() => {
      expect(said(exchange)).toContain("The masked model behind /fillmask");
      const drawn = exchange.messages().flatMap(({ files }) => files);
      expect(drawn.filter(({ name }) => name.endsWith(".png"))).toHaveLength(platform === "web" ? 0 : 1);
    });
  });
});

test(
  "answers to a closed poll become examples: labelled by their grades, then by the teacher's hand on every platform",
  MINUTES,
  async () => {
    await room.during(room.teacher.command("poll", { item: "weakness", everywhere: true }));
    const answers = [
      "A fixed number of tokens does not adapt to how certain the model is.",
      "unsure: It is too slow.",
      "Bananas are yellow.",
    ];
    for (const [index, answer] of answers.entries()) {
      const { platform, user } = room.students[index]!;
      const poll = await room.eventually(() => withButton(platform, "Answer"));
      const opened = await room.during(user.press(poll, "Answer"));
      const form = await formOf(opened);
      await room.during(user.submit(form, { [form.fields[0]!.id]: answer }));
    }
    const early = await room.during(room.teacher.command("examples poll", { set: "answers" }));
    await room.eventually(() => expect(said(early)).toContain("has closed yet"));
    const closing = await room.eventually(() => withButton("discord", "Close"));
    await room.during(room.teacher.press(closing, "Close"));
    await room.eventually(() => expect(room.newest("discord", QUESTION).text).toContain("Closed"));

    await answered(room.students[0]!.user, "examples poll", { set: "answers" }, /teacher|assistant/i);
    const accepted = { set: "graded", accept: true };
    await answered(room.teacher, "examples poll", accepted, "3 examples added to graded.");
    await answered(room.teacher, "examples list", { set: "graded" }, /right\W*A fixed number/);

    for (const platform of PLATFORMS) {
      const teacher = room.teacherOn(platform);
      const set = `by-hand-${platform}`;
      const form = await formOf(await room.during(teacher.command("examples poll", { set })));
      const lines = form.fields.find(({ id }) => id === "lines")!.value!.split("\n");
      const numberOf = (words: RegExp) => /^\d+/.exec(lines.find((line) => words.test(line))!)![0];
      expect(lines).toHaveLength(3);
      const [right, slow, far] = [/right: A fixed/, /unsure: It is too slow\.$/, /not-yet: Bananas/].map(
        numberOf,
      );
      await submitted(teacher, form, { set, lines: "4 good: nobody wrote this" }, "Numbers go from 1 to 3");
      const edited = `${right} good: …\n${slow} : It is too slow.\n${far} bad: …`;
      const again = await formOf(await room.during(teacher.command("examples poll", { set })));
      await submitted(teacher, again, { set, lines: edited }, `2 examples added to ${set}.`);
      const listed = await answered(teacher, "examples list", { set }, "Bananas are yellow.");
      expect(listed).toMatch(/good\W*A fixed number of tokens/);
      expect(listed).not.toContain("too slow");
    }
  },
);

function withButton(platform: (typeof PLATFORMS)[number], label: string) {
  const message = room.newest(platform, QUESTION);
  if (message.buttons.some((button) => button.label === label)) return message;
  throw new Error(`The poll on ${platform} has no button ${label}.`);
}
