import { drawItems } from "../activities/quiz/draw-items.ts";
import { openQuiz } from "../activities/quiz/run-quiz.ts";
import type { Block } from "../cards/card.ts";
import { findItem, itemsOn, readBank } from "../course/bank.ts";
import type { CourseItem } from "../course/item-schema.ts";
import type { CourseContent } from "../course/read-course.ts";
import { UserError } from "../errors.ts";
import {
  channelsFor,
  everywhereOption,
  itemOption,
  needsClass,
  requireClass,
  topicOption,
} from "./course-options.ts";
import { defineCommand } from "./spec.ts";

/** Drawn beyond what is asked for, to stand in for predictions that their model does not decide. */
const SPARE = 5;

export const quiz = defineCommand({
  name: "quiz",
  description: "Ask the class questions from the course's bank",
  help:
    "Draws questions on a topic, those asked least often first, and asks them one after the other; or all at once with together. Choices are buttons, several choices a menu, numbers and sentences a form. " +
    "Results stay hidden until a question closes. Short answers are graded by meaning, each with its reason; in the teacher's view you move the thresholds and overrule grades. A prediction is decided by really running the model.",
  options: {
    topic: { ...topicOption, main: true },
    n: { type: "integer", min: 1, max: 20, default: 3, description: "How many questions" },
    items: {
      ...itemOption,
      maxLength: 1_000,
      separator: "|",
      description: "Items of the bank instead of a topic, with | between",
    },
    seconds: {
      type: "integer",
      min: 5,
      max: 86_400,
      description: "How long each question stays open; left out, until you close it",
    },
    results: {
      type: "string",
      choices: [
        { name: "shown when a question closes", value: "closed" },
        { name: "shown when you reveal them", value: "revealed" },
      ],
      default: "closed",
      description: "When everybody sees results and explanation",
    },
    together: {
      type: "boolean",
      default: false,
      description: "Open all questions at once; seconds then counts for all of them",
    },
    everywhere: everywhereOption,
  },
  examples: [
    "/quiz topic:decoding n:3",
    "/quiz topic:decoding.top-p seconds:60",
    "/quiz items:bert-question|top-p-count",
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  costly: true,
  unavailable: needsClass("quiz"),
  async *run({ options, person, place }, context) {
    requireClass(place, "quiz");
    const course = context.courses.get(place.courseId);
    const bank = await readBank(course);
    const items = await chosen(options, bank, (from) =>
      drawItems(context.store, course.id, from, options.n + SPARE),
    );
    const { seconds, together } = options;
    const opened = await openQuiz(
      context,
      {
        courseId: course.id,
        title: options.items === undefined ? `Quiz: ${options.topic}` : "Quiz",
        items,
        count: options.items === undefined ? options.n : items.length,
        oneByOne: !together,
        show: options.results as "closed" | "revealed",
        openedBy: person.id,
        channels: channelsFor(options.everywhere, course, place),
        ...(seconds !== undefined &&
          (together ? { closesAt: context.clock.now() + seconds * 1000 } : { seconds })),
      },
      context.signal,
    );
    const { quiz: record, failed, leftOut } = opened;
    const notes: Block[] = [
      ...(options.items === undefined && record.questions.length < options.n
        ? [note("Fewer than asked for. ", `The bank has only ${record.questions.length} on this topic.`)]
        : []),
      ...leftOut.map(({ itemId, reason }) => note(`${itemId} was left out. `, reason)),
      ...failed.map(({ channel, reason }) =>
        note(`Not shown in ${channel.platform} channel ${channel.id}: `, reason),
      ),
    ];
    yield {
      kind: "message",
      card: {
        title: record.title,
        ...(notes.length > 0 && { tone: "warning" as const }),
        blocks: [
          {
            type: "list",
            ordered: true,
            items: record.questions.map(({ question, item }) => `${question} (${item?.id})`),
          },
          {
            type: "text",
            text: together
              ? "All questions are open. Sum up when they have closed."
              : "The first question is open. When it has closed, its message has a button for the next one.",
          },
          ...notes,
        ],
        ...(together && {
          actions: [{ buttons: [{ label: "Sum up", action: "quiz.sum", record: record.id }] }],
        }),
      },
      data: {
        quiz: record.id,
        items: record.questions.map(({ item }) => item?.id),
        open: opened.polls.map(({ id }) => id),
        leftOut,
        failed,
      },
    };
  },
});

async function chosen(
  { topic, items }: { readonly topic: string | undefined; readonly items: string | undefined },
  bank: CourseContent,
  draw: (from: readonly CourseItem[]) => Promise<CourseItem[]>,
): Promise<CourseItem[]> {
  if ((topic === undefined) === (items === undefined)) {
    throw new UserError(
      "quiz-of-what",
      "Give a topic, as in /quiz topic:decoding n:3, or items, as in /quiz items:top-p-count; one of the two.",
    );
  }
  if (items !== undefined) {
    const ids = items.split("|").filter((id) => id.trim() !== "");
    const found = [...new Set(ids.map((id) => findItem(bank, id)))];
    const discussion = found.find(({ kind }) => kind === "discussion");
    if (discussion) {
      throw new UserError(
        "item-ungraded",
        `${discussion.id} is a discussion; nothing in it is right or wrong. Use /think-pair-share item:${discussion.id}.`,
      );
    }
    return found;
  }
  return draw(itemsOn(bank, topic!));
}

function note(strong: string, rest: string): Block {
  return { type: "text", text: [{ bold: strong }, rest] };
}
