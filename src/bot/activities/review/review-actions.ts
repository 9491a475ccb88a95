import type { Action, ActionInvocation } from "../../actions.ts";
import { textCard } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { savedCard } from "./review-cards.ts";
import { reviewRecords } from "./review-records.ts";
import { decideAsked, saveDraft } from "./steps.ts";

const save: Action = {
  name: "review.save",
  role: "assistant",
  async *run({ record, place }, context) {
    const schedule = await saveDraft(context, place.courseId, record);
    yield { kind: "update", card: savedCard(schedule, context.clock.now()) };
  },
};

const drop: Action = {
  name: "review.drop",
  role: "assistant",
  async *run({ record, place }, { store }) {
    await reviewRecords(store).drafts.delete(`${place.courseId}/${record}`);
    yield { kind: "update", card: textCard("Thrown away. Nothing is scheduled or changed.") };
  },
};

const post: Action = {
  name: "review.post",
  role: "assistant",
  async *run(invocation, context) {
    await decided(invocation, context, "post");
    yield { kind: "update", card: textCard("It is being posted.", { tone: "success" }) };
  },
};

const leave: Action = {
  name: "review.leave",
  role: "assistant",
  async *run(invocation, context) {
    await decided(invocation, context, "leave");
    yield { kind: "update", card: textCard("It is left out.") };
  },
};

const quiet: Action = {
  name: "review.quiet",
  async *run({ person, place }, { store, clock }) {
    await reviewRecords(store).optOuts.set(`${place.courseId}/${person.id}`, { at: clock.now() });
    yield {
      kind: "private",
      card: textCard(
        "You are not reminded of reviews any more. /review reminders on:true turns it on again.",
      ),
    };
  },
};

export const reviewActions: readonly Action[] = [save, drop, post, leave, quiet];

function decided(
  { record, value, person, place }: ActionInvocation,
  context: Context,
  word: "post" | "leave",
): Promise<void> {
  const slot = Number(value);
  if (!Number.isInteger(slot)) {
    throw new UserError(
      "review-decided",
      "This button belongs to no time of a review. /review list shows what waits.",
    );
  }
  return decideAsked(context, place.courseId, record, slot, word, person.id);
}
