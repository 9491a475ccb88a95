import type { Action, ActionInvocation } from "../../actions.ts";
import { textCard } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Replies, Reply } from "../../invocation.ts";
import { timeInWords } from "../../time-in-words.ts";
import { teacherCard } from "./poll-cards.ts";
import type { PollRecord, VoteRecord } from "./poll-record.ts";
import { closed, reopened, revealed } from "./poll-state.ts";
import { showPoll } from "./show-poll.ts";
import { castVote, changePoll, countVotes, getPoll } from "./voting.ts";

const vote: Action = {
  name: "poll.vote",
  async *run({ record, value, person, place }, context) {
    const course = context.courses.get(place.courseId);
    if (person.guest && !course.guestsMayVote) {
      throw new UserError(
        "guest-vote",
        "Guests' votes don't count in this course. Use /link to join this sign-in with your Discord or Slack account, then vote.",
      );
    }
    const at = context.clock.now();
    const cast = { courseId: place.courseId, pollId: record, choices: value ? [value] : [], person, at };
    const { poll, replaced } = await castVote(context.store, cast).catch((error: unknown) => {
      throw inWords(error, context, place.courseId);
    });
    // Stored by now, so it may be acknowledged; the count follows in its own time.
    void showPoll(context, poll);
    const chosen = choiceText(poll, cast.choices);
    const before = replaced && choiceText(poll, replaced.choices);
    const changed = before !== undefined && before !== chosen;
    yield {
      kind: "private",
      card: textCard([
        changed ? "You changed your vote to " : "You voted ",
        { bold: chosen },
        changed ? `, before it was ${before}.` : ". You can change it until the poll closes.",
      ]),
    };
  },
};

const close = step("poll.close", async ({ person, record, place }, context) => {
  const by = { personId: person.id, at: context.clock.now() };
  return changePoll(context.store, place.courseId, record, (poll) => closed(poll, by)).catch(
    async (error: unknown) => {
      throw await closedBefore(error, context, place.courseId);
    },
  );
});
const reveal = step("poll.reveal", ({ record, place }, { store }) =>
  changePoll(store, place.courseId, record, revealed),
);
const reopen = step("poll.reopen", ({ record, place }, { store }) =>
  changePoll(store, place.courseId, record, reopened),
);

const view: Action = {
  name: "poll.view",
  role: "assistant",
  run: async function* ({ record, place }, context) {
    yield {
      kind: "private",
      card: await viewOf(await getPoll(context.store, place.courseId, record), context),
    };
  },
};

const refresh: Action = {
  name: "poll.refresh",
  role: "assistant",
  run: async function* ({ record, place }, context) {
    yield {
      kind: "update",
      card: await viewOf(await getPoll(context.store, place.courseId, record), context),
    };
  },
};

export const pollActions: readonly Action[] = [vote, close, reveal, reopen, view, refresh];

/** A teacher's step: the poll's messages change for everybody, and the teacher's view shows the outcome. */
function step(
  name: string,
  change: (invocation: ActionInvocation, context: Context) => Promise<PollRecord>,
): Action {
  return {
    name,
    role: "assistant",
    async *run(invocation, context): Replies {
      const poll = await change(invocation, context);
      void showPoll(context, poll);
      const card = await viewOf(poll, context);
      // Pressed in the view itself, that one is replaced; pressed at the poll, a view is shown.
      const reply: Reply = invocation.value === "view" ? { kind: "update", card } : { kind: "private", card };
      yield reply;
    },
  };
}

async function viewOf(poll: PollRecord, context: Context) {
  const counted = await countVotes(context, poll);
  return teacherCard(poll, counted, context.courses.get(poll.courseId), context.clock.now());
}

function choiceText(poll: PollRecord, ids: readonly string[]): string {
  return poll.choices
    .filter(({ id }) => ids.includes(id))
    .map(({ text }) => text)
    .join(", ");
}

/** A late vote is told when the poll closed and which vote stays. */
function inWords(error: unknown, context: Context, courseId: string): unknown {
  if (!(error instanceof UserError && error.code === "poll-closed")) return error;
  const { closedAt, kept } = error.fields as { closedAt?: number; kept?: VoteRecord };
  const stays = kept ? " Your earlier vote counts." : " Your vote was not counted.";
  return new UserError(
    "poll-closed",
    `This poll closed at ${when(closedAt, context, courseId)}.${stays}`,
    error.fields,
  );
}

async function closedBefore(error: unknown, context: Context, courseId: string): Promise<unknown> {
  if (!(error instanceof UserError && error.code === "poll-closed")) return error;
  const { closedAt, closedBy } = error.fields as { closedAt?: number; closedBy?: string };
  const who = closedBy && (await context.roster.entry(courseId, closedBy))?.displayName;
  return new UserError(
    "poll-closed",
    `This poll was closed at ${when(closedAt, context, courseId)}${who ? ` by ${who}` : ""} already.`,
    error.fields,
  );
}

function when(at: number | undefined, { clock, courses }: Context, courseId: string): string {
  return timeInWords(at ?? clock.now(), clock.now(), courses.get(courseId).timeZone);
}
