import type { Action, ActionInvocation } from "../../actions.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { readNumber } from "../poll/answers.ts";
import type { PollRecord, Thresholds } from "../poll/poll-record.ts";
import { showPoll } from "../poll/show-poll.ts";
import { countVotes, getPoll } from "../poll/voting.ts";
import { DEFAULT_THRESHOLDS } from "./bands.ts";
import { gradesCard, oneGradeCard } from "./grade-cards.ts";
import { gradePoll, moveThresholds, ruleOn, sameAs } from "./grade-poll.ts";
import { BANDS } from "./grade-record.ts";

const SHIFT = 0.05;

const list: Action = {
  name: "grade.list",
  role: "assistant",
  async *run(invocation, context) {
    yield { kind: "private", card: await graded(invocation, context) };
  },
};

const refresh: Action = {
  name: "grade.refresh",
  role: "assistant",
  async *run(invocation, context) {
    yield { kind: "update", card: await graded(invocation, context, Number(invocation.value ?? 0)) };
  },
};

const pick: Action = {
  name: "grade.pick",
  role: "assistant",
  async *run({ record, values, place }, context) {
    const poll = await getPoll(context.store, place.courseId, record);
    const { votes } = await countVotes(context, poll);
    const vote = votes.find(({ personId }) => personId === values?.[0]);
    if (!vote?.grade) {
      throw new UserError("answer-unknown", "This answer has changed or is gone. Refresh the grades.");
    }
    const same = await sameAs(context, poll, vote.grade.text);
    yield { kind: "update", card: oneGradeCard(poll, vote, same.length) };
  },
};

const rule: Action = {
  name: "grade.rule",
  role: "assistant",
  async *run({ record, value, person, place }, context) {
    const [word, personId = ""] = value?.split(":") ?? [];
    const band = BANDS.find((each) => each === word);
    if (!band) throw new UserError("band-unknown", "Choose one of the buttons.");
    const poll = await getPoll(context.store, place.courseId, record);
    await ruleOn(context, poll, { personId, band, by: person.id, at: context.clock.now() });
    void showPoll(context, poll);
    yield { kind: "update", card: gradesCard(poll, await countVotes(context, poll)) };
  },
};

const shift: Action = {
  name: "grade.shift",
  role: "assistant",
  async *run({ record, value, place }, context) {
    const poll = await getPoll(context.store, place.courseId, record);
    const { right, close } = poll.thresholds ?? DEFAULT_THRESHOLDS;
    const by = value === "stricter" ? SHIFT : -SHIFT;
    yield {
      kind: "update",
      card: await moved(context, poll, { right: within(right + by), close: within(close + by) }),
    };
  },
};

const thresholds: Action = {
  name: "grade.thresholds",
  role: "assistant",
  opensModal: true,
  async *run({ record, place }, context) {
    const poll = await getPoll(context.store, place.courseId, record);
    const now = poll.thresholds ?? DEFAULT_THRESHOLDS;
    const field = (id: "right" | "close", label: string) => ({
      id,
      label,
      kind: "line" as const,
      required: true,
      maxLength: 10,
      value: now[id].toFixed(2),
    });
    yield {
      kind: "modal",
      modal: {
        title: "Thresholds",
        action: "grade.move",
        record,
        submitLabel: "Apply",
        fields: [
          field("right", "Right from this score (0 to 1)"),
          field("close", "Close from this score (0 to 1)"),
        ],
      },
    };
  },
};

const move: Action = {
  name: "grade.move",
  role: "assistant",
  async *run({ record, fields, place }, context) {
    const given = { right: readNumber(fields?.right ?? ""), close: readNumber(fields?.close ?? "") };
    if (!(0 <= given.close && given.close <= given.right && given.right <= 1)) {
      throw new UserError(
        "thresholds-invalid",
        `The thresholds are ${given.right} and ${given.close}; they must lie between 0 and 1, and close at or below right.`,
        given,
      );
    }
    const poll = await getPoll(context.store, place.courseId, record);
    yield { kind: "private", card: await moved(context, poll, given) };
  },
};

export const gradeActions: readonly Action[] = [list, refresh, pick, rule, shift, thresholds, move];

async function graded({ record, place }: ActionInvocation, context: Context, page = 0) {
  const poll = await getPoll(context.store, place.courseId, record);
  if ((await gradePoll(context, poll, context.signal)) > 0) void showPoll(context, poll);
  return gradesCard(poll, await countVotes(context, poll), page);
}

async function moved(context: Context, poll: PollRecord, to: Thresholds) {
  const changed = await moveThresholds(context.store, poll, to);
  void showPoll(context, changed);
  return gradesCard(changed, await countVotes(context, changed));
}

function within(score: number): number {
  return Number(Math.min(1, Math.max(0, score)).toFixed(2));
}
