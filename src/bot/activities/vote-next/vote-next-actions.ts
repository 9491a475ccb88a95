import type { Action, ActionInvocation } from "../../actions.ts";
import { textCard } from "../../cards/card.ts";
import { countStep, endVoteNext, type StepRef } from "./run-vote-next.ts";

const count: Action = {
  name: "vote-next.count",
  role: "assistant",
  async *run(invocation, context) {
    await countStep(context, refOf(invocation));
    yield { kind: "private", card: textCard("The vote is counted.") };
  },
};

const end: Action = {
  name: "vote-next.end",
  role: "assistant",
  async *run(invocation, context) {
    await endVoteNext(context, refOf(invocation));
    yield { kind: "private", card: textCard("The text has ended.") };
  },
};

export const voteNextActions: readonly Action[] = [count, end];

function refOf({ record, value, person, place }: ActionInvocation): StepRef {
  return { courseId: place.courseId, id: record, number: Number(value), by: person.id };
}
