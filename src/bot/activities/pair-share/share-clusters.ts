import { z } from "zod";
import { clusterTexts } from "../../../engine/encoding/group-texts.ts";
import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Namespace, Store } from "../../store/store.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import { countVotes } from "../poll/voting.ts";

const cluster = z.strictObject({
  id: z.string(),
  /** Given by the teacher; else the exemplar speaks for it. */
  name: z.string().optional(),
  /** Positions in `answers`, ascending. */
  members: z.array(z.int()).min(1),
  /** The member nearest to the centre. */
  exemplar: z.int(),
  hidden: z.boolean(),
});

/** What a class wrote, by meaning. Nothing in it says who wrote what. */
const clustersRecord = z.strictObject({ answers: z.array(z.string()), clusters: z.array(cluster) });
export type ShareClusters = z.infer<typeof clustersRecord>;

/** By `courseId/pairShareId`. */
export function clusterRecords(store: Store): Namespace<ShareClusters> {
  return store.namespace("share-clusters", clustersRecord);
}

/** Everybody's last answer, grouped by meaning: the largest group first, a single answer as a group of one. */
export async function clusterAnswers(
  services: Pick<Services, "store" | "roster" | "courses" | "engine">,
  poll: PollRecord,
): Promise<ShareClusters> {
  const latest = new Map<string, string>();
  for (let round = 1; round <= poll.round; round++) {
    for (const { personId, text } of (await countVotes(services, poll, round)).votes) {
      if (text !== undefined) latest.set(personId, text);
    }
  }
  // In the order of the words, so that neither order nor position tells who wrote them.
  const answers = [...latest.values()].sort();
  const clusters = await clusterTexts(services.engine.encoders, answers);
  return {
    answers,
    clusters: clusters.map(({ members, exemplar }, i) => ({
      id: String(i + 1),
      members: [...members],
      exemplar,
      hidden: false,
    })),
  };
}

/** @throws {UserError} "cluster-unknown" */
export function getCluster({ clusters }: ShareClusters, id: string): ShareClusters["clusters"][number] {
  const found = clusters.find((each) => each.id === id);
  if (found) return found;
  throw new UserError(
    "cluster-unknown",
    "This group is not there any more; it was merged. Refresh the view.",
  );
}

/** One group of two; the larger one gives name and exemplar. Groups keep their order by size. */
export function merged(all: ShareClusters, id: string, otherId: string): ShareClusters {
  const [a, b] = [getCluster(all, id), getCluster(all, otherId)];
  if (a === b)
    throw new UserError("cluster-same", "A group can't be merged with itself. Choose another one.");
  const [large, small] = b.members.length > a.members.length ? [b, a] : [a, b];
  const one = {
    ...large,
    ...((large.name ?? small.name) && { name: large.name ?? small.name }),
    members: [...large.members, ...small.members].sort((x, y) => x - y),
    hidden: large.hidden && small.hidden,
  };
  const rest = all.clusters.filter((each) => each !== a && each !== b);
  return {
    ...all,
    clusters: [...rest, one].sort(
      (x, y) => y.members.length - x.members.length || x.members[0]! - y.members[0]!,
    ),
  };
}

export function renamed(all: ShareClusters, id: string, name: string): ShareClusters {
  getCluster(all, id);
  return { ...all, clusters: all.clusters.map((each) => (each.id === id ? { ...each, name } : each)) };
}

export function hidden(all: ShareClusters, id: string, isHidden: boolean): ShareClusters {
  getCluster(all, id);
  return {
    ...all,
    clusters: all.clusters.map((each) => (each.id === id ? { ...each, hidden: isHidden } : each)),
  };
}
