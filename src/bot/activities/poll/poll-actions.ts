import type { Action, ActionInvocation } from "../../actions.ts";
import { type Card, textCard } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Replies, Reply } from "../../invocation.ts";
import { timeInWords } from "../../time-in-words.ts";
import { requireTeam } from "../vote-next/teams.ts";
import { type Answer, answerInWords, LONGEST_ANSWER, readNumber } from "./answers.ts";
import { armTimer, closePoll } from "./close-poll.ts";
import { ownAnswerCard } from "./own-answer.ts";
import { teacherCard } from "./poll-cards.ts";
import { CONFIDENCES, type Confidence, type PollRecord, type VoteRecord } from "./poll-record.ts";
import { extended, reopened, revealed, solutionShown, TIMER } from "./poll-state.ts";
import { showPoll } from "./show-poll.ts";
import { castVote, changePoll, countVotes, getPoll, setConfidence, voteOf } from "./voting.ts";

const MORE_MS = 60_000;

const vote: Action = {
  name: "poll.vote",
  run: ({ value, values, ...invocation }, context) =>
    answer({ ...invocation, choices: values ?? (value ? [value] : []) }, context),
};

const write: Action = {
  name: "poll.write",
  opensModal: true,
  async *run({ record, person, place }, context) {
    const poll = await getPoll(context.store, place.courseId, record);
    const before = await voteOf(context, poll, person.id);
    if (poll.state === "closed") throw tooLate(poll.closedAt, before, context, place.courseId);
    const isNumber = poll.answer === "number";
    yield {
      kind: "modal",
      modal: {
        title: "Your answer",
        action: "poll.submit",
        record,
        submitLabel: "Send",
        fields: [
          {
            id: "answer",
            label: isNumber ? "A number, such as 0.36" : "One or two sentences",
            kind: isNumber ? "line" : "paragraph",
            required: true,
            maxLength: isNumber ? 40 : LONGEST_ANSWER,
            ...(before && { value: isNumber ? String(before.number) : (before.text ?? "") }),
          },
        ],
      },
    };
  },
};

const submit: Action = {
  name: "poll.submit",
  async *run({ fields, ...invocation }, context) {
    const typed = fields?.answer ?? "";
    const poll = await getPoll(context.store, invocation.place.courseId, invocation.record);
    // Texts are graded or grouped by meaning; what can't be read so is refused while it can still be changed.
    if (poll.answer === "text") refuseUnreadable(typed, context);
    const given: Answer = poll.answer === "number" ? { number: readNumber(typed) } : { text: typed };
    yield* answer({ ...invocation, ...given }, context);
  },
};

const confidence: Action = {
  name: "poll.confidence",
  async *run({ record, value, person, place }, context) {
    const chosen = CONFIDENCES.find((each) => each === value);
    if (!chosen) throw new UserError("confidence-unknown", "Choose one of the buttons.");
    const at = context.clock.now();
    await setConfidence(context.store, {
      courseId: place.courseId,
      pollId: record,
      person,
      at,
      confidence: chosen,
    }).catch((error: unknown) => {
      throw inWords(error, context, place.courseId);
    });
    yield { kind: "update", card: textCard(["Kept: ", { bold: CONFIDENCE_IN_WORDS[chosen] }, "."]) };
  },
};

export const CONFIDENCE_IN_WORDS: Readonly<Record<Confidence, string>> = {
  sure: "I am sure",
  fairly: "I think so",
  guess: "It is a guess",
};

/** Everybody's own answer, and how it was judged. */
const mine: Action = {
  name: "poll.mine",
  async *run({ record, person, place }, context) {
    const poll = await getPoll(context.store, place.courseId, record);
    if (!solutionShown(poll))
      throw new UserError("results-hidden", "The results are not shown yet; ask again when they are.");
    yield { kind: "private", card: ownAnswerCard(poll, await voteOf(context, poll, person.id)) };
  },
};

const close = step("poll.close", async ({ person, record, place }, context) => {
  const by = { personId: person.id, at: context.clock.now() };
  return closePoll(context, place.courseId, record, by).catch(async (error: unknown) => {
    throw await closedBefore(error, context, place.courseId);
  });
});
const reveal = step("poll.reveal", async ({ record, place }, context) => {
  const poll = await changePoll(context.store, place.courseId, record, revealed);
  void showPoll(context, poll);
  return poll;
});
const reopen = step("poll.reopen", async ({ record, place }, context) => {
  const poll = await changePoll(context.store, place.courseId, record, reopened);
  armTimer(context, poll);
  void showPoll(context, poll);
  return poll;
});

const more = step("poll.more", async ({ record, place }, context) => {
  const poll = await changePoll(context.store, place.courseId, record, (now) =>
    extended(now, MORE_MS, context.clock.now()),
  );
  armTimer(context, poll);
  void showPoll(context, poll);
  return poll;
});

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

export const pollActions: readonly Action[] = [
  vote,
  write,
  submit,
  confidence,
  mine,
  close,
  reveal,
  reopen,
  more,
  view,
  refresh,
];

async function* answer(
  { record, person, place, choices, number, text }: ActionInvocation & Answer,
  context: Context,
): Replies {
  const course = context.courses.get(place.courseId);
  if (person.guest && !course.guestsMayVote) {
    throw new UserError(
      "guest-vote",
      "Guests' votes don't count in this course. Use /link to join this sign-in with your Discord or Slack account, then vote.",
    );
  }
  const given: Answer = {
    ...(choices && { choices }),
    ...(number !== undefined && { number }),
    ...(text !== undefined && { text }),
  };
  const at = context.clock.now();
  await requireTeam(context.store, await getPoll(context.store, place.courseId, record), person.id);
  const { poll, replaced } = await castVote(context.store, {
    courseId: place.courseId,
    pollId: record,
    person,
    at,
    ...given,
  }).catch((error: unknown) => {
    throw inWords(error, context, place.courseId);
  });
  // Stored by now, so it may be acknowledged; the count follows in its own time.
  void showPoll(context, poll);
  yield { kind: "private", card: acknowledgement(poll, given, replaced) };
}

function acknowledgement(poll: PollRecord, given: Answer, replaced: VoteRecord | undefined): Card {
  const verb = poll.answer === "choice" || poll.answer === "choices" ? "voted" : "answered";
  const noun = verb === "voted" ? "vote" : "answer";
  if (poll.answer === "text") {
    const [first, last] = [
      replaced ? "Your answer is now:" : "Your answer:",
      "You can change it until the poll closes.",
    ];
    const quote = { type: "quote" as const, text: given.text?.trim() ?? "" };
    return withConfidence(poll, {
      blocks: [{ type: "text", text: first }, quote, { type: "text", text: last }],
    });
  }
  const asVote = (each: Answer) => ({ choices: [], ...each }) as Omit<VoteRecord, "at">;
  const chosen = answerInWords(poll, asVote(given));
  const before = replaced && answerInWords(poll, replaced);
  const changed = before !== undefined && before !== chosen;
  const card = textCard([
    changed ? `You changed your ${noun} to ` : `You ${verb} `,
    { bold: chosen },
    changed ? `, before it was ${before}.` : ". You can change it until the poll closes.",
  ]);
  return withConfidence(poll, card);
}

/** In a think–pair–share people also say how sure they are. */
function withConfidence(poll: PollRecord, card: Card): Card {
  if (poll.part?.of !== "pair-share") return card;
  const buttons = CONFIDENCES.map((value) => ({
    label: CONFIDENCE_IN_WORDS[value],
    action: "poll.confidence",
    record: poll.id,
    value,
  }));
  const ask = { type: "text" as const, text: "How sure are you? Only you and the count see it." };
  return { ...card, blocks: [...card.blocks, ask], actions: [{ buttons }] };
}

/** A teacher's step: the poll's messages change for everybody, and the teacher's view shows the outcome. */
function step(
  name: string,
  change: (invocation: ActionInvocation, context: Context) => Promise<PollRecord>,
): Action {
  return {
    name,
    role: "assistant",
    async *run(invocation, context): Replies {
      const { part } = await getPoll(context.store, invocation.place.courseId, invocation.record);
      if (part && part.of !== "quiz") {
        throw new UserError(
          "poll-part",
          "This question is part of an activity. Use the buttons that it shows.",
        );
      }
      const poll = await change(invocation, context);
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

/** Two of the 512 tokens that the encoders read are their own. */
const MOST_TOKENS = 510;

function refuseUnreadable(typed: string, { engine }: Context): void {
  const tokens = engine.encoders.tokenizer.encode(typed).length;
  if (tokens === 0) throw new UserError("answer-empty", "The answer is empty; it must be a sentence or two.");
  if (tokens <= MOST_TOKENS) return;
  throw new UserError(
    "answer-too-long",
    `The answer has ${tokens} tokens; the model that grades it reads at most ${MOST_TOKENS}. Shorten it.`,
  );
}

/** A late vote is told when the poll closed and which vote stays. */
function inWords(error: unknown, context: Context, courseId: string): unknown {
  if (!(error instanceof UserError && error.code === "poll-closed")) return error;
  const { closedAt, kept } = error.fields as { closedAt?: number; kept?: VoteRecord };
  return tooLate(closedAt, kept, context, courseId);
}

function tooLate(
  closedAt: number | undefined,
  kept: VoteRecord | undefined,
  context: Context,
  courseId: string,
): UserError {
  const stays = kept ? " Your earlier vote counts." : " Your vote was not counted.";
  return new UserError("poll-closed", `This poll closed at ${when(closedAt, context, courseId)}.${stays}`, {
    closedAt,
    kept,
  });
}

async function closedBefore(error: unknown, context: Context, courseId: string): Promise<unknown> {
  if (!(error instanceof UserError && error.code === "poll-closed")) return error;
  const { closedAt, closedBy } = error.fields as { closedAt?: number; closedBy?: string };
  const who =
    closedBy === TIMER
      ? "its timer"
      : closedBy && (await context.roster.entry(courseId, closedBy))?.displayName;
  return new UserError(
    "poll-closed",
    `This poll was closed at ${when(closedAt, context, courseId)}${who ? ` by ${who}` : ""} already.`,
    error.fields,
  );
}

function when(at: number | undefined, { clock, courses }: Context, courseId: string): string {
  return timeInWords(at ?? clock.now(), clock.now(), courses.get(courseId).timeZone);
}
