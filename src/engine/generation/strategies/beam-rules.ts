import type { GenerationSettings } from "../settings.ts";
import { beamScore, type Extension, type FinishedBeam } from "./beam.ts";

/** The beams that compete with each other: all of them, or one group of diverse beam search. */
export interface BeamGroup {
  readonly index: number;
  /** How many beams it may hold. */
  readonly width: number;
  /** Running beams, best first. */
  readonly running: readonly Extension[];
  /** Finished sequences, best first, at most `width`. */
  readonly finished: readonly FinishedBeam[];
  readonly isDone: boolean;
}

/** Decides from a step's candidates, best first, what runs on, what is finished and whether the search is over. */
export type BeamRule = (
  group: BeamGroup,
  extensions: readonly Extension[],
  settings: GenerationSettings,
  length: number,
) => BeamGroup;

/**
 * Beam search as in transformers from 4.50 on. A candidate that ends within the first `width` is finished; one
 * that ends further down is dropped. The best that do not end run on. Over when nothing runs on, when
 * `earlyStopping` is true and `width` are finished, or when the best running beam cannot (by the heuristic)
 * beat the worst finished one. Unlike transformers, a beam that met a stop string never goes on running at a
 * score of −10^9 when too few others are left.
 * @param length Tokens written, this step's included.
 */
export const beamSearchRule: BeamRule = (group, extensions, settings, length) => {
  const running = extensions.filter(({ finishReason }) => !finishReason).slice(0, group.width);
  const ended = extensions.filter(isFinished).filter(({ rank }) => rank < group.width);
  const finished = keepBest([...group.finished, ...ended], group.width);
  const isFull = finished.length === group.width;
  const best = running[0];
  const isOver =
    best === undefined ||
    (isFull && settings.earlyStopping === true) ||
    (isFull && bestAttainable(best.sumLogProb, length, settings) <= worstScore(finished));
  return { ...group, running, finished, isDone: isOver };
};

/**
 * One group of diverse beam search, as in transformers up to 4.55 (`BeamSearchScorer`). It differs from
 * `beamSearchRule` in two points: whether better sequences are attainable is judged by the step's best
 * candidate, be it an ended one, and when tokens or time run out all running beams are finished, not only the
 * best `width` candidates.
 */
export const diverseGroupRule: BeamRule = (group, extensions, settings, length) => {
  const atLimit = extensions.some(({ finishReason }) => isLimit(finishReason));
  const goesOn = extensions.filter(({ finishReason }) => !finishReason || isLimit(finishReason));
  const running = goesOn.slice(0, group.width);
  const ended = extensions
    .filter(isFinished)
    .filter(({ rank, finishReason }) => rank < group.width && !isLimit(finishReason));
  const finished = keepBest([...group.finished, ...ended], group.width);
  const best = extensions[0];
  const isDone =
    best === undefined ||
    running.length === 0 ||
    (finished.length === group.width &&
      (settings.earlyStopping === true ||
        bestAttainable(best.sumLogProb, length, settings) <= worstScore(finished)));
  if (isDone || !atLimit) return { ...group, running, finished, isDone };
  const all = [...finished, ...running.filter(isFinished)];
  return { ...group, running, finished: keepBest(all, group.width), isDone: true };
};

/** Highest final score that a running beam may still reach, by the rule that `earlyStopping` names. */
function bestAttainable(sumLogProb: number, length: number, settings: GenerationSettings): number {
  const { earlyStopping, lengthPenalty, maxNewTokens } = settings;
  const atEnd = earlyStopping === "never" && lengthPenalty > 0;
  return beamScore(sumLogProb, atEnd ? maxNewTokens : length, lengthPenalty);
}

function worstScore(finished: readonly FinishedBeam[]): number {
  return finished.at(-1)?.score ?? -Infinity;
}

/** The best by score, best first; among equals those that came first. */
function keepBest(beams: readonly FinishedBeam[], limit: number): FinishedBeam[] {
  return [...beams].sort((a, b) => b.score - a.score).slice(0, limit);
}

function isFinished(extension: Extension): extension is FinishedBeam {
  return extension.finishReason !== undefined;
}

/** Tokens or time ran out: the search ends, whatever the candidate. */
export function isLimit(reason: Extension["finishReason"]): boolean {
  return reason === "max-new-tokens" || reason === "max-time";
}
