import type { BeamFate, BeamFateUpdate, BeamNode, BeamTrace } from "../trace.ts";
import type { Beam, Extension } from "./beam.ts";
import { type BeamGroup, isLimit } from "./beam-rules.ts";

/** Compares a group before and after a step and tells what was added to the tree and whose fate changed. */
export function traceGroup(
  before: BeamGroup,
  parents: readonly Beam[],
  extensions: readonly Extension[],
  after: BeamGroup,
  step: number,
): BeamTrace {
  const running = new Set(after.running.map(({ nodeId }) => nodeId));
  const finished = new Set(after.finished.map(({ nodeId }) => nodeId));
  const nodes = extensions.map(
    (extension): BeamNode => ({
      id: extension.nodeId as number,
      parentId: extension.parent.nodeId,
      step,
      tokenId: extension.tokenIds.at(-1) as number,
      group: after.index,
      rank: extension.rank,
      tokenLogProb: extension.tokenLogProbs.at(-1) as number,
      sumLogProb: extension.sumLogProb,
      score: extension.score,
      fate: fateOf(extension, { running, finished }, after),
    }),
  );
  const updates: BeamFateUpdate[] = [];
  const fruitful = new Set(
    extensions
      .filter(({ nodeId }) => running.has(nodeId) || finished.has(nodeId))
      .map(({ parent }) => parent.nodeId),
  );
  for (const { nodeId } of parents) {
    if (nodeId !== null && !fruitful.has(nodeId)) updates.push({ nodeId, fate: "childless" });
  }
  for (const { nodeId } of before.finished) {
    if (!finished.has(nodeId)) updates.push({ nodeId: nodeId as number, fate: "displaced" });
  }
  return { nodes, updates };
}

function fateOf(
  { nodeId, rank, finishReason }: Extension,
  kept: { running: ReadonlySet<number | null>; finished: ReadonlySet<number | null> },
  { width, isDone }: BeamGroup,
): BeamFate {
  if (kept.finished.has(nodeId)) return "finished";
  const runsOn = kept.running.has(nodeId);
  if (!finishReason) {
    if (!runsOn) return "outscored";
    return isDone ? "search-ended" : "live";
  }
  if (rank < width || runsOn) return "beaten";
  return isLimit(finishReason) ? "outscored" : "low-ranked-end";
}
