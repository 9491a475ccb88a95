import { type NewPairShare, openPairShare } from "../activities/pair-share/run-pair-share.ts";
import { parseChoices } from "../activities/poll/choices.ts";
import { questionOf } from "../activities/poll/question.ts";
import type { Block } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { findItem, readBank } from "../course/bank.ts";
import type { Course } from "../course/courses.ts";
import { UserError } from "../errors.ts";
import { channelsFor, everywhereOption, itemOption, needsClass, requireClass } from "./course-options.ts";
import { defineCommand } from "./spec.ts";

const phaseSeconds = { type: "integer", min: 0, max: 3_600 } as const;

export const thinkPairShare = defineCommand({
  name: "think-pair-share",
  description: "Everybody answers alone, talks with somebody who answered otherwise, then answers again",
  help:
    "Peer instruction in phases: think (a private answer, and how sure one is), pair (partners who answered differently, or far apart in meaning; each is told who it is and what both wrote), answer again, share. " +
    "The bot compares the two votes, person by person, and advises after the first one whether a discussion pays. Answers in free words are grouped by meaning for the share phase; a discussion goes from pair to share at once.",
  options: {
    question: {
      type: "string",
      main: true,
      multiline: true,
      maxLength: 1_000,
      description: "What to ask; without choices, people answer in their own words",
    },
    choices: {
      type: "string",
      maxLength: 4_000,
      description: "What can be chosen, with | between: greedy | beam search | top-p",
    },
    item: { ...itemOption, description: "An item of the bank instead; type part of its question" },
    think: { ...phaseSeconds, default: 120, description: "Seconds to answer alone; 0: until you go on" },
    pair: { ...phaseSeconds, default: 180, description: "Seconds to talk; 0: until you go on" },
    revote: { ...phaseSeconds, default: 60, description: "Seconds to answer again; 0: until you go on" },
    rooms: {
      type: "boolean",
      default: false,
      description: "Open a room for each pair: a private thread, a group conversation, a web room",
    },
    discussFrom: {
      type: "integer",
      min: 0,
      max: 100,
      default: 35,
      advanced: true,
      description: "Below this percentage right, the advice is to explain again",
    },
    discussTo: {
      type: "integer",
      min: 0,
      max: 100,
      default: 70,
      advanced: true,
      description: "Above this percentage right, the advice is to move on",
    },
    everywhere: everywhereOption,
  },
  examples: [
    "/think-pair-share item:when-which-method",
    '/think-pair-share question:"Which one draws?" choices:"greedy | top-p" think:60',
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  costly: true,
  unavailable: needsClass("think-pair-share"),
  async *run({ options, person, place }, context) {
    requireClass(place, "think-pair-share");
    const course = context.courses.get(place.courseId);
    const { think, pair, revote, rooms, discussFrom, discussTo } = options;
    if (discussFrom > discussTo) {
      throw new UserError(
        "option-invalid",
        `discuss-from is ${discussFrom} and discuss-to ${discussTo}; discuss-from must not be the larger one.`,
        { option: "discuss-from" },
      );
    }
    const { share, poll, failed } = await openPairShare(context, {
      courseId: course.id,
      question: await question(options, course, context),
      seconds: { think, pair, revote },
      rooms,
      discuss: { from: discussFrom / 100, to: discussTo / 100 },
      openedBy: person.id,
      channels: channelsFor(options.everywhere, course, place),
    });
    const notes = failed.map(
      ({ channel, reason }): Block => ({
        type: "text",
        text: [{ bold: `Not shown in ${channel.platform} channel ${channel.id}: ` }, reason],
      }),
    );
    yield {
      kind: "message",
      card: {
        title: "Think, pair, share",
        ...(notes.length > 0 && { tone: "warning" as const }),
        blocks: [
          { type: "text", text: [{ bold: poll.question }] },
          {
            type: "text",
            text: "The think phase is open. Its message has the buttons to go on, to give more time and to end.",
          },
          ...notes,
        ],
      },
      data: { pairShare: share.id, item: poll.item?.id, phases: share.phases, failed },
    };
  },
});

async function question(
  { question, choices, item }: Partial<Record<"question" | "choices" | "item", string | undefined>>,
  course: Course,
  { engine, signal }: Context,
): Promise<NewPairShare["question"]> {
  if ((item === undefined) === (question === undefined) || (item !== undefined && choices !== undefined)) {
    throw new UserError(
      "question-or-item",
      "Give a question, with choices or without, or an item of the bank, as in /think-pair-share item:when-which-method; one of the two.",
    );
  }
  if (item !== undefined) return questionOf(findItem(await readBank(course), item), engine, signal);
  return choices === undefined
    ? { question: question!, answer: "text", choices: [] }
    : { question: question!, choices: parseChoices(choices) };
}
