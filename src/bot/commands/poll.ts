import { parseChoices } from "../activities/poll/choices.ts";
import { openPoll } from "../activities/poll/open-poll.ts";
import { pollData, teacherCard } from "../activities/poll/poll-cards.ts";
import { countVotes } from "../activities/poll/voting.ts";
import type { Block } from "../cards/card.ts";
import type { Course } from "../course/courses.ts";
import { UserError } from "../errors.ts";
import type { ChannelRef, Place } from "../invocation.ts";
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
      required: true,
      multiline: true,
      maxLength: 1_000,
      description: "What to ask",
    },
    choices: {
      type: "string",
      required: true,
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
    everywhere: {
      type: "boolean",
      default: false,
      description: "Show it in all channels of the course, on every platform",
    },
  },
  examples: [
    '/poll question:"Which one may pick an unlikely token?" choices:"greedy | beam search | top-p"',
    '/poll question:"Is BERT a decoder?" choices:yes|no results:revealed everywhere:true',
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  unavailable: { cli: "A poll needs a class: use /poll in a course channel or in the web classroom." },
  async *run({ options, person, place }, context) {
    if (place.direct) {
      throw new UserError(
        "poll-direct",
        "A poll needs a class: use /poll in a course channel, not in a direct message.",
      );
    }
    const course = context.courses.get(place.courseId);
    const channels = options.everywhere ? everyChannel(course, place) : [place.channel];
    const { poll: opened, failed } = await openPoll(context, {
      courseId: course.id,
      question: options.question,
      choices: parseChoices(options.choices),
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

function everyChannel(course: Course, place: Place): ChannelRef[] {
  if (course.channels.length === 0) {
    throw new UserError(
      "no-course-channels",
      "The configuration lists no channels for this course, so there is no everywhere. Name them in cloze.yaml under courses, channels; or leave everywhere out.",
    );
  }
  const key = ({ platform, id }: ChannelRef) => `${platform}/${id}`;
  return [...new Map([place.channel, ...course.channels].map((each) => [key(each), each])).values()];
}
