import type { Action, ActionInvocation } from "../../actions.ts";
import { textCard } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { clockTime } from "../../time-in-words.ts";
import { pollKey } from "../poll/poll-record.ts";
import { showPoll } from "../poll/show-poll.ts";
import { countVotes } from "../poll/voting.ts";
import { answerDistance } from "./answer-distance.ts";
import { type Grouping, groupOf, joined, optedOut, reported } from "./groups.ts";
import { pairShareView } from "./pair-share-cards.ts";
import { type PairShareRecord, PHASES, type Phase, pairShareRecords } from "./pair-share-record.ts";
import { partnerNote } from "./partner-note.ts";
import type { Stage } from "./phases.ts";
import { extend, getStage, goOn } from "./run-pair-share.ts";

const MORE_MS = 60_000;
/** A partner gets this long to be found. */
export const ABSENT_AFTER_MS = 60_000;

const next = teacherStep("pair.next", (invocation, context, from) =>
  goOn(context, { ...of(invocation), from, by: invocation.person.id }),
);
const end = teacherStep("pair.end", (invocation, context, from) =>
  goOn(context, { ...of(invocation), from, to: "share", by: invocation.person.id }),
);
const more = teacherStep("pair.more", (invocation, context, from) =>
  extend(context, { ...of(invocation), from, byMs: MORE_MS }),
);

const view: Action = {
  name: "pair.view",
  role: "assistant",
  async *run({ record, place }, context) {
    const { share, poll } = await getStage(context.store, place.courseId, record);
    yield { kind: "private", card: await pairShareView(context, share, poll) };
  },
};

const refresh: Action = {
  name: "pair.refresh",
  role: "assistant",
  async *run({ record, place }, context) {
    const { share, poll } = await getStage(context.store, place.courseId, record);
    yield { kind: "update", card: await pairShareView(context, share, poll) };
  },
};

const mine: Action = {
  name: "pair.mine",
  async *run(invocation, context) {
    const stage = await talking(invocation, context);
    const { person } = invocation;
    const own = groupOf(stage.share, person.id);
    const settled = own && own.length > 1 && !stage.share.absent.includes(person.id);
    const share = settled ? stage.share : await regroup(stage, context, person.id, joined);
    yield { kind: "private", card: await noteFor(context, { ...stage, share }, person.id) };
  },
};

const absent: Action = {
  name: "pair.absent",
  async *run(invocation, context) {
    const stage = await talking(invocation, context);
    const { person, place } = invocation;
    const now = context.clock.now();
    const from = (stage.share.pairedAt ?? now) + ABSENT_AFTER_MS;
    if (now < from) {
      const { timeZone } = context.courses.get(place.courseId);
      throw new UserError(
        "partner-wait",
        `Give them until ${clockTime(from, now, timeZone)}; then press again and you get another partner.`,
      );
    }
    if (!groupOf(stage.share, person.id)) {
      throw new UserError("partner-none", 'You have no partner yet. Press "Show my partner".');
    }
    const share = await regroup(stage, context, person.id, reported);
    yield { kind: "private", card: await noteFor(context, { ...stage, share }, person.id) };
  },
};

const out: Action = {
  name: "pair.out",
  async *run({ record, person, place }, context) {
    const stage = await getStage(context.store, place.courseId, record);
    if (stage.share.phase !== "think" && stage.share.phase !== "pair") {
      throw new UserError("phase-over", "The pairs have been together already.");
    }
    if (stage.share.optedOut.includes(person.id)) {
      await pairShareRecords(context.store).update(pollKey(stage.share), (now = stage.share) => ({
        ...now,
        optedOut: now.optedOut.filter((each) => each !== person.id),
      }));
      yield { kind: "private", card: textCard("You will get a partner again.") };
      return;
    }
    await regroup(stage, context, person.id, optedOut);
    yield {
      kind: "private",
      card: textCard(
        "You will get no partner this time; your answers count all the same. Press again to be paired.",
      ),
    };
  },
};

const model: Action = {
  name: "pair.model",
  role: "assistant",
  async *run({ record, place }, context) {
    const { share, poll } = await getStage(context.store, place.courseId, record);
    await pairShareRecords(context.store).update(pollKey(share), (now = share) => ({
      ...now,
      modelAnswerShown: true,
    }));
    void showPoll(context, poll);
    yield { kind: "private", card: textCard("Everybody sees the model answer.") };
  },
};

export const pairShareActions: readonly Action[] = [next, end, more, view, refresh, mine, absent, out, model];

function teacherStep(
  name: string,
  run: (invocation: ActionInvocation, context: Context, from: Phase) => Promise<PairShareRecord>,
): Action {
  return {
    name,
    role: "assistant",
    async *run(invocation, context) {
      const from = PHASES.find((each) => each === invocation.value);
      if (!from) throw new UserError("phase-unknown", "Use the buttons that the message shows now.");
      const share = await run(invocation, context, from);
      const { poll } = await getStage(context.store, share.courseId, share.id);
      yield { kind: "private", card: await pairShareView(context, share, poll) };
    },
  };
}

function of({ record, place }: ActionInvocation): { courseId: string; id: string } {
  return { courseId: place.courseId, id: record };
}

async function talking({ record, place }: ActionInvocation, context: Context): Promise<Stage> {
  const stage = await getStage(context.store, place.courseId, record);
  if (stage.share.phase !== "pair") {
    throw new UserError(
      "phase-over",
      "People have partners in the pair phase only; look at the newest message.",
    );
  }
  if (!stage.share.groups) {
    throw new UserError("pairing", "Partners are being put together. Press again in a moment.");
  }
  return stage;
}

/** One change of who is with whom, decided by the store. */
async function regroup(
  { share, poll }: Stage,
  context: Context,
  personId: string,
  step: (grouping: Grouping, personId: string, distance: (a: string, b: string) => number) => Grouping,
): Promise<PairShareRecord> {
  const { votes } = await countVotes(context, poll, 1);
  const { distance } = await answerDistance(context, poll, votes);
  const changed = await pairShareRecords(context.store).update(pollKey(share), (now = share) => {
    const { groups, absent, optedOut } = step({ ...now, groups: now.groups ?? [] }, personId, distance);
    return {
      ...now,
      // Before the pair phase there are no groups, and nobody is put into one.
      ...(now.groups && { groups: groups.map((group) => [...group]) }),
      absent: [...absent],
      optedOut: [...optedOut],
    };
  });
  void showPoll(context, poll);
  return changed;
}

async function noteFor(context: Context, { share, poll }: Stage, personId: string) {
  const { votes } = await countVotes(context, poll, 1);
  return partnerNote(context, share, poll, votes, personId);
}
