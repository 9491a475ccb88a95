import type { PollChart, TransitionsChart } from "../../charts/chart.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import type { Tally } from "../poll/tally.ts";

/** The counts of both rounds side by side. */
export function bothRounds(poll: PollRecord, before: Tally, after: Tally): PollChart {
  return {
    kind: "poll",
    title: poll.question,
    choices: after.counts.map(({ choice, count }, i) => ({
      label: choice.text,
      count,
      before: before.counts[i]!.count,
      ...(poll.right?.includes(choice.id) ? { right: true } : {}),
    })),
    n: after.voters,
    nBefore: before.voters,
  };
}

/** From which choice to which the people went who answered both times with one choice each; undefined without any. */
export function wentWhere(poll: PollRecord, before: Tally, after: Tally): TransitionsChart | undefined {
  const index = new Map(poll.choices.map(({ id }, i) => [id, i]));
  const counts = poll.choices.map(() => poll.choices.map(() => 0));
  const later = new Map(after.votes.map(({ personId, choices }) => [personId, choices]));
  let n = 0;
  for (const {
    personId,
    choices: [from, ...more],
  } of before.votes) {
    const [to, ...others] = later.get(personId) ?? [];
    if (from === undefined || to === undefined || more.length > 0 || others.length > 0) continue;
    counts[index.get(from)!]![index.get(to)!]!++;
    n++;
  }
  if (n === 0) return undefined;
  return {
    kind: "transitions",
    title: "What became of the answers",
    choices: poll.choices.map(({ id, text }) => ({
      label: text,
      ...(poll.right?.includes(id) ? { right: true } : {}),
    })),
    counts,
    n,
  };
}
