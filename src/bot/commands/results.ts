import { answeredQuestions, scoredAnswers } from "../activities/results/answered.ts";
import { groupsCard, itemCard, itemsCard, pollsCard } from "../activities/results/results-cards.ts";
import { byItem, byObjective, byPoll, byWeek } from "../activities/results/summaries.ts";
import { textCard } from "../cards/card.ts";
import { itemsOn, readBank } from "../course/bank.ts";
import { UserError } from "../errors.ts";
import { itemOption, topicOption } from "./course-options.ts";
import { defineCommand } from "./spec.ts";

export const results = defineCommand({
  name: "results",
  description: "How the class answered: by poll, item, objective or week",
  help:
    "Difficulty, discrimination (upper against lower 27 %), point-biserial correlation and the use of each choice, with a reason wherever an item should be looked at; shares right before and after a discussion with the normalised gain; means by objective and week. " +
    "Figures from fewer than 10 answers are said to be too few. Nobody's name is shown.",
  options: {
    by: {
      type: "string",
      main: true,
      choices: [
        { name: "item: statistics of each question of the bank", value: "item" },
        { name: "poll: every question asked, in order of time", value: "poll" },
        { name: "objective: the weakest first", value: "objective" },
        { name: "week: in order of time", value: "week" },
      ],
      default: "item",
      description: "What a line of the table is",
    },
    item: { ...itemOption, description: "One item in detail" },
    topic: { ...topicOption, description: "Only items on this objective" },
  },
  examples: [
    "/results",
    "/results by:poll",
    "/results by:objective topic:decoding",
    "/results item:top-p-count",
  ],
  role: "assistant",
  ack: "deferred",
  visibility: "private",
  async *run({ options, place }, context) {
    const course = context.courses.get(place.courseId);
    const questions = await answeredQuestions(context, course.id);
    const onTopic =
      options.topic === undefined
        ? undefined
        : new Set(itemsOn(await readBank(course), options.topic).map(({ id }) => id));
    const wanted = questions.filter(({ poll }) => !onTopic || onTopic.has(poll.item?.id ?? ""));
    const answers = scoredAnswers(wanted);
    if (options.item !== undefined) {
      // Against all items of the course: one item alone discriminates nothing.
      const found = byItem(scoredAnswers(questions)).find(({ itemId }) => itemId === options.item?.trim());
      if (!found) {
        throw new UserError(
          "item-unanswered",
          `Nobody has answered "${options.item.trim()}" in a question that has closed. /results shows what has been.`,
          { item: options.item },
        );
      }
      yield { kind: "message", card: itemCard(found), data: found };
      return;
    }
    if (wanted.length === 0 || (options.by !== "poll" && answers.length === 0)) {
      const nothing = "No question that is right or wrong has closed yet. Results appear here once one has.";
      yield { kind: "message", card: textCard(nothing), data: [] };
      return;
    }
    switch (options.by) {
      case "poll": {
        const data = byPoll(wanted);
        yield { kind: "message", card: pollsCard(data, context.clock.now(), course.timeZone), data };
        return;
      }
      case "objective": {
        const data = byObjective(answers);
        yield { kind: "message", card: groupsCard("Results by objective", "Objective", data), data };
        return;
      }
      case "week": {
        const data = byWeek(answers, course.timeZone);
        yield { kind: "message", card: groupsCard("Results by week", "Week of", data), data };
        return;
      }
      default: {
        const data = byItem(answers);
        yield { kind: "message", card: itemsCard(data), data };
      }
    }
  },
});
