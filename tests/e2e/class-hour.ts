import { afterAll, beforeAll, expect, test } from "vitest";
import { voteNextRecords } from "../../src/bot/activities/vote-next/vote-next-record.ts";
import type { Store } from "../../src/bot/store/store.ts";
import { gradeShortAnswer } from "../../src/engine/encoding/grading/grade-short-answer.ts";
import { embedSentences } from "../../src/engine/encoding/sentence-embeddings.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { smallCourse } from "../bot/activities/small-course.ts";
import type { Exchange, SeenMessage } from "../contracts/platform-driver.ts";
import { type Classroom, openClassroom, PLATFORMS, type Student } from "./class-of-forty.ts";

const SIZE = 40;
const REFERENCE = "A fixed number of tokens does not adapt to how certain the model is.";
const small = smallCourse([
  {
    id: "draws",
    kind: "single",
    question: "Which one may write something else each time?",
    choices: [
      { text: "sampling", correct: true },
      { text: "greedy", misconception: "Greedy always takes the likeliest." },
      { text: "beam", misconception: "Beam search draws nothing." },
    ],
  },
  {
    id: "weakness",
    kind: "short",
    question: "What is the weakness of top-k?",
    references: [REFERENCE],
  },
  {
    id: "talk",
    kind: "discussion",
    question: "When would you sample?",
    modelAnswer: "Where many continuations are good.",
    points: ["How open the task is"],
  },
]);
/** Where a class runs: which engine, which store. */
export interface Place {
  readonly engine: Engine;
  readonly store: Store;
  close(): Promise<void>;
}

/** The hour, test by test, wherever `open` puts it. */
export function classHour(open: () => Promise<Place>): void {
  let room: Classroom;
  let place: Place;
  let engine: Engine;

  beforeAll(async () => {
    place = await open();
    engine = place.engine;
    room = await openClassroom(SIZE, engine, small.course, place.store);
  });
  afterAll(async () => {
    await room.stop();
    await place.close();
    small.remove();
  });

  /** Waits until the message is there on every platform. */
  async function everywhere(words: string | RegExp): Promise<string[]> {
    return room.eventually(() => PLATFORMS.map((platform) => room.around(platform, words)));
  }
  async function teacherPresses(words: string | RegExp, label: string): Promise<Exchange> {
    const message = await room.eventually(() => withButton(room.newest("discord", words), label));
    return room.during(room.teacher.press(message, label));
  }
  function withButton(message: SeenMessage, label: string): SeenMessage {
    if (message.buttons.some((button) => button.label === label)) return message;
    throw new Error(
      `"${message.text}" has no button ${label}: ${message.buttons.map((b) => b.label).join(", ")}`,
    );
  }
  async function opens(command: string, options: Record<string, string | number | boolean>): Promise<void> {
    const exchange = await room.during(room.teacher.command(command, { ...options, everywhere: true }));
    expect(exchange.refusedByPlatform).toBeUndefined();
  }
  const shownTo = (student: Student, words: string | RegExp) => room.newest(student.platform, words);

  /** Everybody votes by a button at the same moment, each by their own door, and is told so. */
  async function vote(
    words: string | RegExp,
    choices: readonly string[],
    students: readonly Student[] = room.students,
  ): Promise<SeenMessage[]> {
    const exchanges = await Promise.all(
      students.map((student, i) => student.user.press(shownTo(student, words), choices[i]!)),
    );
    for (const { ackedAfterMs } of exchanges) expect(ackedAfterMs).toBeLessThan(3_000);
    const told = await room.told(exchanges);
    for (const { text } of told) expect(text).toMatch(/You (voted|changed your vote to)/);
    return told;
  }
  /** Everybody fills in the form at the same moment. */
  async function write(words: string | RegExp, answers: readonly string[]): Promise<void> {
    const opened = await Promise.all(
      room.students.map((student) => student.user.press(shownTo(student, words), "Answer")),
    );
    const forms = await room.eventually(() =>
      opened.map((exchange) => {
        const modal = exchange.modal();
        if (!modal) throw new Error("no form opened");
        return modal;
      }),
    );
    await Promise.all(
      forms.map((form, i) => room.students[i]!.user.submit(form, { [form.fields[0]!.id]: answers[i]! })),
    );
  }
  const count = <T>(values: readonly T[], value: T) => values.filter((each) => each === value).length;
  const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
  /** A line of bars or of a table with these parts in this order. */
  function expectLine(text: string, ...parts: (string | number)[]): void {
    const lines = text.split("\n");
    const fits = (line: string) => {
      let from = 0;
      return parts.every((part) => {
        const at = line.indexOf(String(part), from);
        from = at + String(part).length;
        return at >= 0;
      });
    };
    expect(lines.some(fits), `no line with ${parts.join(" … ")} in:\n${text}`).toBe(true);
  }

  test("a class of 40 on Discord, Slack and the web votes, and every platform shows the same counts", async () => {
    await opens("poll", { question: "Which one draws?", choices: "greedy | beam search | top-p" });
    await everywhere("Which one draws?");
    const choices = room.students.map((_, i) => ["greedy", "beam search", "top-p"][i % 4 === 3 ? 0 : i % 3]!);
    await vote("Which one draws?", choices);
    // Ten change their mind, from any door.
    for (let i = 0; i < 10; i++) choices[i] = "top-p";
    await vote("Which one draws?", choices, room.students.slice(0, 10));
    const open = await everywhere(/40 votes so far/);
    for (const text of open) expect(text).toContain("The counts are hidden for now.");
    await teacherPresses("Which one draws?", "Close");
    for (const text of await everywhere(/Closed at .* 40 votes\./)) {
      for (const choice of new Set(choices)) {
        expectLine(text, choice, count(choices, choice), percent(count(choices, choice), SIZE));
      }
    }
  });

  test("think, pair, answer again: partners who answered otherwise, and the change person by person", async () => {
    await opens("think-pair-share", { item: "draws", think: 0, pair: 0, revote: 0 });
    await everywhere("Answer alone.");
    // 16 right, 14 greedy, 10 beam: 40 % right, so a discussion pays.
    const before = room.students.map((_, i) => (i < 16 ? "sampling" : i < 30 ? "greedy" : "beam"));
    const confidence = ["I am sure", "I think so", "It is a guess"];
    const acknowledged = await vote("Answer alone.", before);
    await Promise.all(
      [0, 10, 20, 30].map((i) => room.students[i]!.user.press(acknowledged[i]!, confidence[i % 3]!)),
    );
    await everywhere(/40 answers so far/);
    const [advice] = await room.told([await teacherPresses("Answer alone.", "Pair up")]);
    expect(advice!.text).toContain("40 % are right. This is where a discussion pays");
    const sure = count(
      [0, 10, 20, 30].map((i) => i % 3),
      0,
    );
    expect(advice!.text).toContain(`First answers: 40 (sure ${sure}, `);
    for (const text of await everywhere("Press the button to see who you talk with"))
      expect(text).toContain("40 people in 20 groups.");

    const notes = await room.told(
      await Promise.all(
        room.students.map((student) =>
          student.user.press(
            shownTo(student, "Press the button to see who you talk with"),
            "Show my partner",
          ),
        ),
      ),
    );
    const partner = notes.map(({ text }) => /You talk with @?(student-\d+)/.exec(text)?.[1] ?? text);
    const indexOf = (name: string) => room.students.findIndex((student) => student.name === name);
    for (const [i, name] of partner.entries()) {
      const j = indexOf(name);
      expect(partner[j], `partner of ${room.students[i]!.name}`).toBe(room.students[i]!.name);
      // The largest group has 16 of 40, so that all pairs can be mixed.
      expect(before[j]).not.toBe(before[i]);
      expect(notes[i]!.text).toContain(`"${before[i]}" and "${before[j]}"`);
    }

    await teacherPresses("Press the button to see who you talk with", "Answer again");
    await everywhere("Now that you have talked");
    // Ten of the wrong ones are convinced, two of the right ones are led astray, one says nothing any more.
    const after = before.map((choice, i) => (i >= 16 && i < 26 ? "sampling" : i < 2 ? "greedy" : choice));
    await vote("Now that you have talked", after, room.students.slice(0, 39));
    await everywhere(/39 answers so far/);
    await teacherPresses("Now that you have talked", "Share");
    const both = room.students
      .slice(0, 39)
      .map((_, i) => [before[i] === "sampling", after[i] === "sampling"] as const);
    const cell = (was: boolean, is: boolean) => both.filter(([b, a]) => b === was && a === is).length;
    const pre =
      count(
        both.map(([b]) => b),
        true,
      ) / both.length;
    const post =
      count(
        both.map(([, a]) => a),
        true,
      ) / both.length;
    const gain = ((100 * post - 100 * pre) / (100 - 100 * pre)).toFixed(2);
    for (const text of await everywhere("Normalised gain")) {
      expectLine(text, "right before", cell(true, true), cell(true, false));
      expectLine(text, "wrong before", cell(false, true), cell(false, false));
      expect(text).toContain(
        `39 people answered both times: ${percent(pre, 1)} were right before, ${percent(post, 1)} after.`,
      );
      expect(text).toContain(`= ${gain}. 2 people went from right to wrong.`);
      for (const choice of ["sampling", "greedy", "beam"]) {
        expectLine(text, choice, count(before, choice), count(after.slice(0, 39), choice));
      }
    }
  });

  const KNOWS = [
    "The number of tokens is fixed, so it does not adapt to how certain the model is.",
    "It keeps a fixed number of tokens however sure the model is.",
    "k does not adapt to the certainty of the model.",
  ];
  const GUESSES = [
    "It is too slow.",
    "Nothing, it is the best one.",
    "It repeats itself.",
    "It needs more memory.",
  ];

  test("a short answer is graded by meaning, each grade with its reason", async () => {
    await opens("quiz", { items: "weakness" });
    await everywhere("What is the weakness of top-k?");
    const answers = room.students.map((_, i) => (i % 2 === 0 ? KNOWS[i % 3]! : GUESSES[i % 4]!));
    await write("What is the weakness of top-k?", answers);
    await everywhere(/40 answers so far/);
    await teacherPresses("What is the weakness of top-k?", "Close");
    const grades = new Map<string, Awaited<ReturnType<typeof gradeShortAnswer>>>();
    for (const answer of new Set(answers)) {
      grades.set(
        answer,
        await gradeShortAnswer(engine.encoders, [REFERENCE], answer, "What is the weakness of top-k?"),
      );
    }
    const bands = answers.map((answer) => grades.get(answer)!.band);
    const texts = await everywhere(/Closed at [\s\S]*A right answer/);
    await room.eventually(() => {
      for (const platform of PLATFORMS) {
        const text = room.around(platform, /What is the weakness[\s\S]*A right answer/);
        expectLine(text, "right", count(bands, "correct"), percent(count(bands, "correct"), SIZE));
        expectLine(text, "close", count(bands, "borderline"), percent(count(bands, "borderline"), SIZE));
        expectLine(text, "not yet", count(bands, "incorrect"), percent(count(bands, "incorrect"), SIZE));
      }
    });
    expect(texts).toHaveLength(3);
    const some = room.students.slice(0, 6);
    const told = await room.told(
      await Promise.all(
        some.map((student) =>
          student.user.press(shownTo(student, /What is the weakness[\s\S]*A right answer/), "My answer"),
        ),
      ),
    );
    for (const [i, { text }] of told.entries()) {
      const grade = grades.get(answers[i]!)!;
      expect(text).toContain(`(score ${grade.score.toFixed(2)} of 1)`);
      expect(text).toContain(grade.reason);
      expect(text).toContain(REFERENCE);
    }
  });

  const STORIES = [
    "For stories, where many continuations are good.",
    "In a story, since many continuations are good.",
  ];
  const CODE = ["Never for code, which has to run.", "Not for code, because code must run."];
  const OWN = "The weather in Lisbon is mild.";

  test("free words are grouped by meaning for the share phase", async () => {
    await opens("think-pair-share", { item: "talk", think: 0, pair: 0 });
    await everywhere(/When would you sample\?[\s\S]*Answer alone/);
    const answers = room.students.map((_, i) => (i === 39 ? OWN : i < 24 ? STORIES[i % 2]! : CODE[i % 2]!));
    await write(/When would you sample\?[\s\S]*Answer alone/, answers);
    await everywhere(/When would you sample\?[\s\S]*40 answers so far/);
    await teacherPresses(/When would you sample\?[\s\S]*Answer alone/, "Pair up");
    await everywhere(/When would you sample\?[\s\S]*40 people in 20 groups/);
    await teacherPresses(/When would you sample\?[\s\S]*40 people in 20 groups/, "Share");
    const groups = await averageLinkage(engine, answers, 0.55);
    const texts = await everywhere(/Share[\s\S]*When would you sample\?[\s\S]*What several of you wrote/);
    for (const text of texts) {
      for (const group of groups) {
        const words = new Set(group.map((i) => answers[i]!));
        if (group.length > 1) {
          const line = text.split("\n").find((each) => [...words].some((word) => each.includes(word)));
          expect(line).toContain(`${group.length} `);
        } else expect(text.slice(text.indexOf("Said by one"))).toContain([...words][0]!);
      }
      expect(text).not.toMatch(/student-\d/);
    }
    expect(groups.map(({ length }) => length)).toEqual([24, 15, 1]);
  });

  test("the class decodes two tokens, and its text stands beside greedy's and top-p's", async () => {
    await opens("vote-next", { prompt: "The nice", steps: 2, candidates: 3 });
    const chosen: string[] = [];
    for (let step = 1; step <= 2; step++) {
      const words = new RegExp(`Token ${step} of 2`);
      await everywhere(words);
      const { buttons } = room.newest("discord", words);
      const labels = buttons.slice(0, 3).map(({ label }) => label);
      // The third token gets 20 votes, the others fewer.
      const votes = room.students.map((_, i) => labels[i % 2 === 0 ? 2 : i % 4 === 1 ? 0 : 1]!);
      await vote(words, votes);
      await everywhere(new RegExp(`Token ${step} of 2[\\s\\S]*40 votes so far`));
      chosen.push(labels[2]!);
      await teacherPresses(words, "Count and go on");
    }
    const texts = await everywhere(/log p/);
    let record: Awaited<ReturnType<ReturnType<typeof voteNextRecords>["get"]>>;
    for await (const [, each] of voteNextRecords(room.services.store).list("nlp/")) record = each;
    if (!record) throw new Error("there is no text");
    expect(record.steps.map(({ label }) => label)).toEqual(chosen);
    const compared = [
      ["The class", record.steps.map(({ tokenId }) => tokenId)],
      ["greedy", await decoded({ strategy: "greedy" })],
      ["top-p 0.9", await decoded({ strategy: "sample", topP: 0.9, seed: record.seed })],
    ] as const;
    const scores = await engine.scoreContinuations({
      prefixIds: record.promptIds,
      continuations: compared.map(([, ids]) => ids),
    });
    for (const text of texts) {
      for (const [i, [name]] of compared.entries()) {
        const logProb = scores[i]!.reduce((sum, each) => sum + each, 0);
        expectLine(text, name, logProb.toFixed(2), (logProb / 2).toFixed(2));
      }
      for (const step of record.steps)
        expectLine(text, step.label, "20 of 40", (100 * step.probability).toFixed(1));
    }
  });

  test("the hour's results have the same shares, and nothing went wrong behind the scenes", async () => {
    const exchange = await room.teacher.command("results", { by: "poll" });
    const told = await room.eventually(() => {
      const [message] = [...exchange.privateMessages(), ...exchange.messages()];
      if (!message?.text.includes("Results by poll")) throw new Error(`not yet: ${message?.text}`);
      return message.text;
    });
    expectLine(told, "Which one draws?", 40);
    expectLine(told, "something else each time", 40, "40 %");
    expectLine(told, "weakness of top-k", 40);
    expectLine(told, "When would you sample?", 40);
    expect(room.logged).toEqual([]);
  });

  async function decoded(settings: object): Promise<readonly number[]> {
    const request = {
      prompt: "The nice",
      mode: "continuation",
      settings: { ...settings, maxNewTokens: 2 },
    } as const;
    for await (const event of engine.generate(request)) {
      if (event.type === "generation-end") return event.outputs[0]!.tokenIds;
    }
    throw new Error("nothing was written");
  }
}

/** Agglomerative clustering with average linkage, as in a textbook: join the two nearest groups while near enough. */
async function averageLinkage(
  engine: Engine,
  texts: readonly string[],
  distance: number,
): Promise<number[][]> {
  const vectors = await embedSentences(engine.encoders, texts);
  const apart = (a: number, b: number) => 1 - vectors[a]!.reduce((sum, x, k) => sum + x * vectors[b]![k]!, 0);
  let groups = texts.map((_, i) => [i]);
  for (;;) {
    let best: { a: number[]; b: number[]; mean: number } | undefined;
    for (const [i, a] of groups.entries()) {
      for (const b of groups.slice(i + 1)) {
        const mean =
          a.flatMap((x) => b.map((y) => apart(x, y))).reduce((s, d) => s + d, 0) / (a.length * b.length);
        if (!best || mean < best.mean) best = { a, b, mean };
      }
    }
    if (!best || best.mean > distance) return groups.sort((a, b) => b.length - a.length);
    const { a, b } = best;
    groups = [...groups.filter((group) => group !== a && group !== b), [...a, ...b]];
  }
}
