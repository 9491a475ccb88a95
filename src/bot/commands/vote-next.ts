import { openVoteNext } from "../activities/vote-next/run-vote-next.ts";
import type { Block } from "../cards/card.ts";
import { promptOptions } from "../decoding/generation-options.ts";
import { defaultModel } from "../decoding/generation-request.ts";
import { UserError } from "../errors.ts";
import { channelsFor, everywhereOption, needsClass, requireClass } from "./course-options.ts";
import { defineCommand } from "./spec.ts";

export const voteNext = defineCommand({
  name: "vote-next",
  description: "The class is the decoder: it votes for each next token",
  help:
    "Posts the model's likeliest next tokens as buttons, without their probabilities. The token with the most votes is appended, its probability is shown, and the next vote opens. " +
    "At the end the class's text stands beside greedy's and top-p's with their log-probabilities. With teams, each team writes a text of its own, by a strategy of its own.",
  options: {
    prompt: { ...promptOptions.prompt, maxLength: 1_000 },
    steps: {
      type: "integer",
      min: 1,
      max: 40,
      default: 8,
      description: "How many tokens are written at most",
    },
    candidates: {
      type: "integer",
      min: 2,
      max: 10,
      default: 5,
      description: "How many tokens can be chosen from",
    },
    seconds: {
      type: "integer",
      min: 5,
      max: 600,
      description: "How long each vote lasts; left out, until you count it",
    },
    teams: {
      type: "string",
      maxLength: 200,
      separator: "|",
      description: "Names of teams, best their strategies, with | between: likely | surprising",
    },
    model: promptOptions.model,
    everywhere: everywhereOption,
  },
  examples: [
    '/vote-next prompt:"The nice woman"',
    '/vote-next prompt:"Once upon a time" teams:"likely | surprising" seconds:30',
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  costly: true,
  unavailable: needsClass("vote-next"),
  async *run({ options, person, place }, context) {
    requireClass(place, "vote-next");
    const course = context.courses.get(place.courseId);
    const { prompt, steps, candidates, seconds, teams } = options;
    const { records, failed } = await openVoteNext(
      context,
      {
        courseId: course.id,
        prompt,
        model: options.model ?? defaultModel(context.engine),
        width: candidates,
        maxSteps: steps,
        openedBy: person.id,
        channels: channelsFor(options.everywhere, course, place),
        ...(seconds !== undefined && { seconds }),
        ...(teams !== undefined && { teams: teamNames(teams) }),
      },
      context.signal,
    );
    const notes = failed.map(
      ({ channel, reason }): Block => ({
        type: "text",
        text: [{ bold: `Not shown in ${channel.platform} channel ${channel.id}: ` }, reason],
      }),
    );
    yield {
      kind: "message",
      card: {
        title: "The class is the decoder",
        ...(notes.length > 0 && { tone: "warning" as const }),
        blocks: [
          { type: "quote", text: prompt },
          { type: "text", text: "The first vote is open. Its message has the buttons to count and to end." },
          ...notes,
        ],
      },
      data: { texts: records.map(({ id, team }) => ({ id, team: team?.name })), failed },
    };
  },
});

function teamNames(typed: string): string[] {
  const names = typed.split("|").map((name) => name.trim());
  if (
    names.length >= 2 &&
    names.length <= 4 &&
    names.every(Boolean) &&
    new Set(names).size === names.length
  ) {
    return names;
  }
  throw new UserError(
    "teams-invalid",
    `teams is "${typed.trim()}"; it must be 2 to 4 different names with | between, as in: likely | surprising`,
    { option: "teams" },
  );
}
