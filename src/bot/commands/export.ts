import type { Block, Card } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { readBank } from "../course/bank.ts";
import { canvasGradebook, type GradebookOptions } from "../course/exports/canvas-gradebook.ts";
import { courseRecord, studentsOf } from "../course/exports/course-record.ts";
import { toGift } from "../course/exports/gift.ts";
import { pseudonymOf } from "../course/exports/pseudonyms.ts";
import { fullCsv, participation, participationCsv, timeline, timelineCsv } from "../course/exports/tables.ts";
import { timeInWords } from "../time-in-words.ts";
import { PLATFORM_LABEL } from "./link.ts";
import { defineCommand } from "./spec.ts";

const CSV = "text/csv";
const DAY_ONLY = 10;
const MOST_ROWS = 20;

export const exportCanvas = defineCommand({
  name: "export canvas",
  description: "Grades in Canvas' gradebook layout, one column a quiz, review, poll or think–pair–share",
  help:
    "Fills the lines of the roster that /roster import has read; import the file in Canvas under Grades, Import. Of a think–pair–share the last answer counts; a short answer that is close has half a point. " +
    "People who answered and are on no line of the roster are listed, with a file of their own: they join their line with /link student-id.",
  options: {
    score: {
      type: "string",
      choices: [
        { name: "a point for each right answer", value: "points" },
        { name: "one point for taking part", value: "participation" },
      ],
      default: "points",
      description: "What is counted",
    },
    missing: {
      type: "string",
      choices: [
        { name: "0 points", value: "zero" },
        { name: "nothing; Canvas keeps what it has", value: "blank" },
      ],
      default: "zero",
      description: "For students who answered nothing",
    },
  },
  examples: ["/export canvas", "/export canvas score:participation missing:blank"],
  role: "teacher",
  ack: "deferred",
  visibility: "private",
  async *run({ options, place }, context) {
    const { timeZone } = context.courses.get(place.courseId);
    const activities = await courseRecord(context, place.courseId);
    const book = canvasGradebook(activities, await studentsOf(context, place.courseId), {
      ...(options as Pick<GradebookOptions, "score" | "missing">),
      timeZone,
    });
    const blocks: Block[] = [
      {
        type: "text",
        text: `${count(book.students, "student")} of the roster, ${count(book.assignments.length, "assignment")}.`,
      },
      file(fileName("canvas", context), book.csv),
    ];
    if (book.unmatchedCsv !== undefined) {
      blocks.push(
        {
          type: "text",
          text: [{ bold: "Not in the roster: " }, "their answers are in the second file only."],
        },
        {
          type: "list",
          items: book.unmatched.map(
            ({ entry }) =>
              `${entry.displayName} (${entry.accounts.map(({ platform }) => PLATFORM_LABEL[platform]).join(", ")})`,
          ),
        },
        file(fileName("unmatched", context), book.unmatchedCsv),
      );
    }
    const tone = book.unmatched.length > 0 || book.students === 0 ? "warning" : "success";
    if (book.students === 0) {
      blocks.unshift({
        type: "text",
        text: "The roster is empty, so no line could be filled. Use /roster import first.",
      });
    }
    yield {
      kind: "message",
      card: { title: "Canvas gradebook", tone, blocks },
      data: {
        csv: book.csv,
        assignments: book.assignments,
        unmatched: book.unmatched.map(({ entry, points }) => ({
          person: entry.id,
          name: entry.displayName,
          points,
        })),
      },
    };
  },
});

export const exportFull = table({
  name: "export full",
  description: "Every answer of the course under pseudonyms, as CSV",
  help: "One line an answer and round. A person has the same pseudonym in every export; which one is kept apart and shown to nobody. What people wrote themselves may still name somebody: look before you pass the file on.",
  async make(courseId, context) {
    const activities = await courseRecord(context, courseId);
    const csv = await fullCsv(activities, (personId) => pseudonymOf(context.store, courseId, personId));
    return {
      card: fileCard(
        "All answers",
        "Under pseudonyms. Texts are as they were written.",
        "answers",
        csv,
        context,
      ),
      data: { csv },
    };
  },
});

export const exportParticipation = table({
  name: "export participation",
  description: "Who took part in how much, with names, as CSV",
  async make(courseId, context) {
    const activities = await courseRecord(context, courseId);
    const people = participation(activities, await studentsOf(context, courseId));
    const csv = participationCsv(people, activities);
    const strangers = people.filter(({ entry, answered }) => !entry.canvas && answered > 0).length;
    const note =
      strangers > 0 ? ` ${count(strangers, "participant")} not in the roster: see the column in_roster.` : "";
    return {
      card: fileCard(
        "Participation",
        `${count(people.length, "student")}.${note}`,
        "participation",
        csv,
        context,
      ),
      data: { csv },
    };
  },
});

export const exportTimeline = table({
  name: "export timeline",
  description: "Everything the course was asked, when, and how it went",
  async make(courseId, context) {
    const entries = timeline(await courseRecord(context, courseId));
    const csv = timelineCsv(entries);
    const { timeZone } = context.courses.get(courseId);
    const shown = entries.slice(-MOST_ROWS);
    const blocks: Block[] = [
      {
        type: "table",
        columns: [
          { name: "When" },
          { name: "What" },
          { name: "Questions", align: "right" },
          { name: "People", align: "right" },
          { name: "Right", align: "right" },
        ],
        rows: shown.map(({ activity, people, mean }) => [
          timeInWords(activity.openedAt, context.clock.now(), timeZone),
          `${activity.kind}: ${activity.title}`,
          String(activity.questions.length),
          String(people),
          mean === undefined ? "" : `${Math.round(100 * mean)} %`,
        ]),
      },
      file(fileName("timeline", context), csv),
    ];
    if (entries.length > shown.length) {
      blocks.unshift({
        type: "text",
        text: `The last ${shown.length} of ${entries.length}; the file has all.`,
      });
    }
    return { card: { title: "Course timeline", blocks }, data: { csv } };
  },
});

export const exportGift = table({
  name: "export gift",
  description: "The course's questions in Moodle's GIFT format",
  help: "Predictions are left out and named: their right answer is found by running the model. Objectives and sources are kept as comments, which Moodle passes over.",
  async make(courseId, context) {
    const { items } = await readBank(context.courses.get(courseId));
    const { gift, leftOut, notes } = toGift(items);
    const blocks: Block[] = [
      { type: "text", text: `${count(items.length - leftOut.length, "item")} of ${items.length}.` },
      ...[...notes, ...leftOut].map(
        ({ id, reason }): Block => ({ type: "text", text: [{ bold: `${id}: ` }, reason] }),
      ),
      file(fileName("items", context, "gift.txt"), gift, "text/plain"),
    ];
    const tone = leftOut.length > 0 ? "warning" : "success";
    return { card: { title: "Items in GIFT", tone, blocks }, data: { gift, leftOut } };
  },
});

function table({
  make,
  ...spec
}: {
  readonly name: string;
  readonly description: string;
  readonly help?: string;
  readonly make: (courseId: string, context: Context) => Promise<{ card: Card; data: unknown }>;
}) {
  return defineCommand({
    ...spec,
    options: {},
    examples: [`/${spec.name}`],
    role: "teacher",
    ack: "deferred",
    visibility: "private",
    async *run({ place }, context) {
      yield { kind: "message", ...(await make(place.courseId, context)) };
    },
  });
}

function fileCard(title: string, text: string, name: string, csv: string, context: Context): Card {
  return { title, blocks: [{ type: "text", text }, file(fileName(name, context), csv)] };
}

function file(name: string, text: string, mediaType = CSV): Block {
  return { type: "file", fileName: name, mediaType, bytes: new TextEncoder().encode(text) };
}

function fileName(name: string, { clock }: Context, ending = "csv"): string {
  return `${name}-${new Date(clock.now()).toISOString().slice(0, DAY_ONLY)}.${ending}`;
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}
