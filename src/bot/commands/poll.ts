import { parseChoices } from "../activities/poll/choices.ts";
import { openPoll } from "../activities/poll/open-poll.ts";
import { pollData, teacherCard } from "../activities/poll/poll-cards.ts";
import { questionOf } from "../activities/poll/question.ts";
import { countVotes } from "../activities/poll/voting.ts";
import type { Block } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { findItem, readBank } from "../course/bank.ts";
import type { Course } from "../course/courses.ts";
import { UserError } from "../errors.ts";
import { channelsFor, everywhereOption, itemOption, needsClass } from "./course-options.ts";
import { defineCommand } from "./spec.ts";

export const poll = defineCommand({
  name: "poll",
  description: "Ask the class one question with buttons to vote",
  help:
    "Posts a question with a button for each choice. Everybody has one vote, whatever accounts they have joined with /link, and can change it until the poll closes. " +
    "Everybody sees how many have voted; the counts stay hidden until the poll closes, unless results says otherwise. Close it with its button; the teacher's view shows the counts in private at any time.",
  options: {
    question: {
      type: "string",
      main: true,
      multiline: true,
      maxLength: 1_000,
      description: "What to ask",
    },
    choices: {
      type: "string",
      maxLength: 4_000,
      description: "What can be chosen, with | between: greedy | beam search | top-p",
    },
    results: {
      type: "string",
      choices: [
        { name: "shown while votes come in", value: "live" },
        { name: "shown when the poll closes", value: "closed" },
        { name: "shown when you reveal them", value: "revealed" },
      ],
      default: "closed",
      description: "When everybody sees the counts",
    },
    item: itemOption,
    everywhere: everywhereOption,
  },
  examples: [
    '/poll question:"Which one may pick an unlikely token?" choices:"greedy | beam search | top-p"',
    '/poll question:"Is BERT a decoder?" choices:yes|no results:revealed everywhere:true',
    "/poll item:top-p-count",
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  unavailable: needsClass("poll"),
  async *run({ options, person, place }, context) {
    if (place.direct) {
      throw new UserError(
        "poll-direct",
        "A poll needs a class: use /poll in a course channel, not in a direct message.",
      );
    }
    const course = context.courses.get(place.courseId);
    const channels = channelsFor(options.everywhere, course, place);
    const { poll: opened, failed } = await openPoll(context, {
      courseId: course.id,
      ...(await question(options, course, context)),
      show: options.results as "live" | "closed" | "revealed",
      openedBy: person.id,
      channels,
    });
    const counted = await countVotes(context, opened);
    const card = teacherCard(opened, counted, course, context.clock.now());
    const blocks: Block[] = failed.map(({ channel, reason }) => ({
      type: "text",
      text: [{ bold: `Not shown in ${channel.platform} channel ${channel.id}: ` }, reason],
    }));
    yield {
      kind: "message",
      card: { ...card, blocks: [...card.blocks, ...blocks], ...(failed.length && { tone: "warning" }) },
      data: { ...pollData(opened, counted), failed },
    };
  },
});

/** Typed, or an item of the bank. */
async function question(
  { question, choices, item }: Partial<Record<"question" | "choices" | "item", string | undefined>>,
  course: Course,
  { engine, signal }: Context,
) {
  if (item !== undefined) {
    if (question !== undefined || choices !== undefined) {
      throw new UserError(
        "poll-of-what",
        "An item brings its own question and choices. Leave question and choices out, or item.",
      );
    }
    return questionOf(findItem(await readBank(course), item), engine, signal);
  }
  for (const [name, given] of Object.entries({ question, choices })) {
    if (given !== undefined && given.trim() !== "") continue;
    throw new UserError(
      "option-missing",
      `${name} is missing. A poll needs a question and choices, as in /poll question:"Which one?" choices:"greedy | top-p"; or an item of the bank, as in /poll item:top-p-count.`,
      { option: name },
    );
  }
  return { question: question!, choices: parseChoices(choices!) };
}
