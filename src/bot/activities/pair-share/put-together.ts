import type { Services } from "../../context.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import { countVotes } from "../poll/voting.ts";
import { answerDistance } from "./answer-distance.ts";
import { type PairShareRecord, pairShareRecords } from "./pair-share-record.ts";
import { pairUp } from "./pairing.ts";

/** How many think–pair–shares back people count as having been together recently. */
const RECENT = 3;

/** Groups of everybody who answered in the think phase and wants a partner. */
export async function putTogether(
  services: Pick<Services, "store" | "roster" | "courses" | "engine">,
  share: PairShareRecord,
  poll: PollRecord,
): Promise<string[][]> {
  const { votes } = await countVotes(services, poll, 1);
  const wanting = votes.filter(({ personId }) => !share.optedOut.includes(personId));
  const { distance, groupOf } = await answerDistance(services, poll, wanting);
  const together = await recentlyTogether(services, share);
  const groups = pairUp(wanting, {
    distance: (a, b) => distance(a.personId, b.personId),
    recent: (a, b) => together.has(pairKey(a, b)),
    ...(groupOf && { groupOf: ({ personId }: { personId: string }) => groupOf(personId) }),
  });
  return groups.map((group) => group.map(({ personId }) => personId));
}

async function recentlyTogether(
  { store }: Pick<Services, "store">,
  { courseId, id }: PairShareRecord,
): Promise<Set<string>> {
  const earlier: PairShareRecord[] = [];
  for await (const [, record] of pairShareRecords(store).list(`${courseId}/`)) {
    if (record.id !== id && record.groups) earlier.push(record);
  }
  const recent = earlier.sort((a, b) => b.openedAt - a.openedAt).slice(0, RECENT);
  return new Set(
    recent.flatMap(({ groups = [] }) =>
      groups.flatMap((group) => group.flatMap((a, i) => group.slice(i + 1).map((b) => pairKey(a, b)))),
    ),
  );
}

function pairKey(a: string, b: string): string {
  return a < b ? `${a}/${b}` : `${b}/${a}`;
}
