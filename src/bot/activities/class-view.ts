import type { Button, Card } from "../cards/card.ts";
import type { Services } from "../context.ts";
import type { MessageRef } from "../invocation.ts";
import { type PairShareRecord, pairShareRecords } from "./pair-share/pair-share-record.ts";
import { fitButtons } from "./poll/answer-rows.ts";
import { type PollRecord, pollRecords } from "./poll/poll-record.ts";
import { countsShown } from "./poll/poll-state.ts";
import { questionCard } from "./poll/show-poll.ts";
import { countVotes } from "./poll/voting.ts";
import { voteNextRecords } from "./vote-next/vote-next-record.ts";

/** An activity of the class as a room's screen shows it, and the buttons that run it. */
export interface ClassActivity {
  /** The same through all phases, questions and votes of one activity. */
  readonly id: string;
  /** Answers are taken, or a phase goes on. */
  readonly running: boolean;
  readonly startedAt: number;
  /** When the present question or phase ends by itself; clock time. */
  readonly endsAt?: number;
  readonly question: string;
  /** What can be chosen, where only the vote's buttons say it and no count does. */
  readonly choices: readonly string[];
  /** People who have answered the present question. */
  readonly answers: number;
  /** What everybody sees, without any buttons. */
  readonly card: Card;
  /** The buttons of teachers and assistants, as they stand on the message. */
  readonly controls: readonly Button[];
  /** Where the present question is shown. */
  readonly messages: readonly MessageRef[];
}

/** How long after its end an activity can still be looked at, revealed and reopened. */
const RECENT_MS = 3 * 60 * 60_000;

/** The activities that run in a course or have ended within three hours, the newest first. */
export async function classActivities(
  services: Pick<Services, "store" | "clock" | "courses" | "roster" | "commands">,
  courseId: string,
): Promise<ClassActivity[]> {
  const { store, clock } = services;
  const since = clock.now() - RECENT_MS;
  const newest = new Map<string, PollRecord>();
  for await (const [, poll] of pollRecords(store).list(`${courseId}/`)) {
    if (poll.state === "closed" && (poll.closedAt ?? 0) < since) continue;
    const id = activityId(poll);
    const other = newest.get(id);
    if (!other || poll.openedAt >= other.openedAt) newest.set(id, poll);
  }
  const activities = await Promise.all([...newest].map(([id, poll]) => activityOf(services, id, poll)));
  return activities.sort((a, b) => b.startedAt - a.startedAt);
}

/** Questions of a quiz that are asked one by one are one activity; those asked together are one each. */
function activityId({ id, part }: PollRecord): string {
  if (part === undefined || (part.of === "quiz" && !part.oneByOne)) return `poll-${id}`;
  return `${part.of}-${part.id}`;
}

async function activityOf(
  services: Pick<Services, "store" | "clock" | "courses" | "roster" | "commands">,
  id: string,
  poll: PollRecord,
): Promise<ClassActivity> {
  const [whole, { voters }, { running, endsAt }] = await Promise.all([
    questionCard(services, poll),
    countVotes(services, poll),
    progressOf(services, poll),
  ]);
  const { actions = [], ...card } = whole;
  const buttons = actions.flatMap((row): readonly Button[] => ("buttons" in row ? row.buttons : []));
  const isControl = ({ action }: Button) =>
    (services.commands.actions.get(action)?.role ?? "student") !== "student";
  const asked = poll.state === "open" && !countsShown(poll) && fitButtons(poll.choices);
  return {
    id,
    running,
    startedAt: poll.openedAt,
    ...(endsAt !== undefined && { endsAt }),
    question: poll.question,
    choices: asked ? poll.choices.map(({ text }) => text) : [],
    answers: voters,
    card,
    controls: buttons.filter(isControl),
    messages: poll.messages,
  };
}

/** Whether it goes on, and until when: an activity's phases say more than its poll. */
async function progressOf(
  { store }: Pick<Services, "store">,
  poll: PollRecord,
): Promise<{ running: boolean; endsAt: number | undefined }> {
  const { part, courseId } = poll;
  const open = poll.state === "open";
  if (part?.of === "pair-share") {
    const share: PairShareRecord | undefined = await pairShareRecords(store).get(`${courseId}/${part.id}`);
    return { running: share !== undefined && share.phase !== "share", endsAt: share?.phaseEndsAt };
  }
  if (part?.of === "vote-next") {
    const text = await voteNextRecords(store).get(`${courseId}/${part.id}`);
    return {
      running: text !== undefined && text.state !== "ended",
      endsAt: open ? poll.closesAt : undefined,
    };
  }
  return { running: open, endsAt: open ? poll.closesAt : undefined };
}
