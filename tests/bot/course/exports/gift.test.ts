import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toGift } from "../../../../src/bot/course/exports/gift.ts";
import { readGift } from "../../../../src/bot/course/imports/read-gift.ts";
import { readItemsCsv } from "../../../../src/bot/course/imports/read-items-csv.ts";
import type { CourseItem } from "../../../../src/bot/course/item-schema.ts";
import { readCourse } from "../../../../src/bot/course/read-course.ts";

const DEFAULTS = {
  objective: "history",
  knownObjectives: ["history", "decoding.top-p"],
  source: "Test",
  takenIds: [],
};

/** The quick reference of docs.moodle.org/en/GIFT_format, question for question. */
const MOODLE = `// true/false
::Q1:: 1+1=2 {T}

// multiple choice with specified feedback for right and wrong answers
::Q2:: What's between orange and green in the spectrum?
{ =yellow # right; good! ~red # wrong, it's yellow ~blue # wrong, it's yellow }

// fill-in-the-blank
::Q3:: Two plus {=two =2} equals four.

// matching
::Q4:: Which animal eats which food? { =cat -> cat food =dog -> dog food }

// math range question
::Q5:: What is a number from 1 to 5? {#3:2}

// math range specified with interval end points
::Q6:: What is a number from 1 to 5? {#1..5}
// translated on import to the same as Q5, but unavailable from Moodle question interface

// multiple numeric answers with partial credit and feedback
::Q7:: When was Ulysses S. Grant born? {#
         =1822:0      # Correct! Full credit.
         =%50%1822:2  # He was born in 1822. Half credit for being close.
}

// essay
::Q8:: How are you? {}
`;

describe("GIFT", () => {
  test("Moodle's own examples are read; what Cloze has no kind for is told by name", () => {
    const { items, refused, notes } = readGift(MOODLE, DEFAULTS);
    expect(items.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "q1 single",
      "q2 single",
      "q3 short",
      "q5 numeric",
      "q6 numeric",
      "q7 numeric",
    ]);
    expect(refused.map(({ where }) => where)).toEqual(["Q4", "Q8"]);
    expect(notes.map(({ where }) => where)).toEqual(["Q3", "Q7"]);
    expect(items[1]).toMatchObject({
      question: "What's between orange and green in the spectrum?",
      choices: [
        { text: "yellow", correct: true },
        { text: "red", misconception: "wrong, it's yellow" },
        { text: "blue", misconception: "wrong, it's yellow" },
      ],
    });
    expect(items[2]).toMatchObject({ references: ["two", "2"] });
    // 1..5 is 3 ± 2.
    for (const at of [3, 4]) expect(items[at]).toMatchObject({ answer: 3, tolerance: 2 });
    expect(items[5]).toMatchObject({ answer: 1822, tolerance: 0 });
  });

  test("Moodle's own examples come back the same from an export", () => {
    const { items } = readGift(MOODLE, DEFAULTS);
    const { gift, leftOut } = toGift(items);
    expect(leftOut).toEqual([]);
    expect(readGift(gift, DEFAULTS).items).toEqual(items);
  });

  test("the sample course comes back the same, but for what GIFT has no place for", async () => {
    const course = await readCourse(fileURLToPath(new URL("../../../../course", import.meta.url)));
    const { gift, leftOut, notes } = toGift(course.items);
    const kept = course.items.filter(({ kind }) => kind !== "prediction");
    expect(leftOut).toHaveLength(course.items.length - kept.length);
    expect(notes.length).toBeGreaterThan(0);
    const knownObjectives = course.objectives.map(({ id }) => id);
    const { items, refused } = readGift(gift, { ...DEFAULTS, knownObjectives });
    expect(refused).toEqual([]);
    expect(items.map((item) => comparable(item))).toEqual(kept.map((item) => comparable(item)));
  });

  test("any text survives export and import", () => {
    const text = fc
      .string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(..."abz0 ~=#{}:\\/%$[]->.,'\"*ä€") })
      // "->" makes matching pairs in GIFT and can't be escaped.
      .map((each) => `x${each.replace(/\s+/g, " ").replaceAll("->", "→").trim()}x`);
    const item = fc.record({
      question: text,
      explanation: text,
      right: text,
      wrong: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
      misconception: fc.option(text, { nil: undefined }),
    });
    fc.assert(
      fc.property(item, ({ question, explanation, right, wrong, misconception }) => {
        const given: CourseItem = {
          id: "any",
          kind: "single",
          objectives: ["decoding.top-p"],
          question,
          explanation,
          source: "Test",
          choices: [
            { text: right, correct: true },
            ...wrong.map((each) => ({ text: each, ...(misconception !== undefined && { misconception }) })),
          ],
        };
        expect(readGift(toGift([given]).gift, DEFAULTS)).toEqual({ items: [given], refused: [], notes: [] });
      }),
      { numRuns: 200 },
    );
  });

  test("one question that is no GIFT costs that one, and is told with its line", () => {
    const { items, refused } = readGift("::A:: Yes? {T}\n\n::B:: Broken {=a ~b\n\n::C:: No? {F}\n", DEFAULTS);
    expect(items.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(refused).toHaveLength(1);
    expect(refused[0]!.where).toMatch(/^line [34]$/);
  });
});

/** What is lost on the way is told, and left out of the comparison. */
function comparable(item: CourseItem) {
  const { source: _, partner: __, ...rest } = item;
  if (rest.kind === "numeric") return { ...rest, unit: undefined };
  if (rest.kind === "short") return { ...rest, ideas: [] };
  return rest.kind === "discussion" ? { ...rest, explanation: "", points: [] } : rest;
}

describe("a table of items", () => {
  test("is read, and lines that make no item are told", () => {
    const csv =
      "kind,question,right,wrong,tolerance\n" +
      "single,Which draws?,sampling,greedy|beam,\n" +
      "numeric,.4 of .9?,0.36,,0.005\n" +
      "riddle,What?,x,y,\n" +
      "single,Two right?,a|b,c,\n";
    const { items, refused } = readItemsCsv(csv, DEFAULTS);
    expect(items.map(({ id }) => id)).toEqual(["which-draws", "4-of-9"]);
    expect(items[0]).toMatchObject({ objectives: ["history"], source: "Test" });
    expect(refused.map(({ where }) => where)).toEqual(["line 4", "line 5"]);
    expect(() => readItemsCsv("kind,frage\nsingle,x\n", DEFAULTS)).toThrow(/question, right is missing/);
  });
});
