/** Two hours of class in simulated time: what a process holds on to must not grow with the hours. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { classEngine } from "../bot/activities/class-engine.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import { type Classroom, openClassroom, PLATFORMS } from "../e2e/class-of-forty.ts";
import { turns } from "../fakes/hand-clock.ts";

const SIZE = 6;
const MINUTE_MS = 60_000;
/**
 * What the heap may grow by from minute 20 to minute 120. Measured: 5.6 MB, less in each twenty minutes than in those
 * before; the loopback platforms' own records of 120 texts and 24 polls and discord.js' cache are in it.
 */
const GROWTH_BYTES = 10e6;
const CHOICES = ["greedy", "beam search", "top-p"];

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A minute of class: a student asks the model, by each platform in turn; each fifth minute there is a poll. Ten make a round. */
async function minute(room: Classroom, number: number): Promise<void> {
  const student = room.students[(number % 10) % SIZE]!;
  const asked = await room.during(
    student.user.command("generate", { prompt: "The nice", strategy: "greedy", "max-new-tokens": 4 }),
  );
  expect(asked.refusedByPlatform).toBeUndefined();
  if (number % 5 === 0) await poll(room, `Which one draws in minute ${number}?`);
  await room.pass(MINUTE_MS);
  await room.quiet();
}

async function poll(room: Classroom, question: string): Promise<void> {
  const options = { question, choices: CHOICES.join(" | "), everywhere: true };
  await room.during(room.teacher.command("poll", options));
  await room.eventually(() => PLATFORMS.map((platform) => room.newest(platform, question)));
  const votes = room.students.map(({ user, platform }, i) =>
    user.press(room.newest(platform, question), CHOICES[i % CHOICES.length]!),
  );
  for (const { text } of await room.told(await Promise.all(votes))) expect(text).toContain("You voted");
  await room.during(room.teacher.press(room.newest("discord", question), "Close"));
  await room.eventually(() => {
    for (const platform of PLATFORMS) {
      expect(room.around(platform, question)).toMatch(/Closed at .* 6 votes\./);
    }
  });
}

interface Held {
  /** JavaScript objects and the memory they hold outside the heap, after garbage collection. */
  readonly bytes: number;
  /** Timers, servers, pipes, … that keep the process alive, by kind. */
  readonly handles: Readonly<Record<string, number>>;
  /** Connections. Those that HTTP keeps for the next request come and go in real time. */
  readonly sockets: number;
  /** Of the process, by event. */
  readonly listeners: Readonly<Record<string, number>>;
  /** On the class's clock. */
  readonly timers: number;
}

async function held(room: Classroom): Promise<Held> {
  await turns(100);
  for (let i = 0; i < 3; i++) collectGarbage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const { TCPSocketWrap: sockets = 0, ...others } = handles;
  const listeners = Object.fromEntries(
    process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  );
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external, handles: others, sockets, listeners, timers: room.timers() };
}

test("two hours of class leave no more memory, handles and listeners than twenty minutes", async () => {
  const models = classEngine();
  const small = smallCourse([]);
  const room = await openClassroom(SIZE, models.engine, small.course);
  const warnings: string[] = [];
  const onWarning = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
  process.on("warning", onWarning);
  try {
    for (let number = 1; number <= 20; number++) await minute(room, number);
    const early = await held(room);
    for (let number = 21; number <= 120; number++) await minute(room, number);
    const late = await held(room);
    expect(room.logged).toEqual([]);
    // Node warns of an emitter with more than ten listeners of one event.
    expect(warnings.filter((warning) => warning.startsWith("MaxListeners"))).toEqual([]);
    const counts = ({ handles, listeners, timers }: Held) => ({ handles, listeners, timers });
    expect(counts(late)).toEqual(counts(early));
    // One a person may be kept; one a poll left open would be twenty more.
    expect(late.sockets).toBeLessThanOrEqual(early.sockets + SIZE);
    expect(late.bytes - early.bytes).toBeLessThan(GROWTH_BYTES);
  } finally {
    process.off("warning", onWarning);
    await room.stop();
    await models.close();
    small.remove();
  }
});
