import { HIDDEN_SIZE } from "./encoder-protocol.ts";
import { dot, normalize } from "./vectors.ts";

/** A text's pieces that carry content, as the last layer sees them. */
export interface ContentTokens {
  readonly ids: readonly number[];
  /** Unit vectors, one a piece. */
  readonly states: readonly Float32Array[];
  /** Which of `ids` are content words. */
  readonly content: readonly boolean[];
}

/** Numbers of one alignment: see `alignTokens`. */
export const ALIGNMENT_SIZE = 4;

/** A piece that the question already has counts this much in the weighted mean. */
const KNOWN_WEIGHT = 0.25;

const STOP_WORDS =
  "a an the of to in on at by for with from and or but is are was were be been being am do does did has have had it its this that these those they them their he she his her him i you we us our your as than then so if because there here when where which who what why how will would can could should may might not no n ' . , ; : ? ! \" ( ) - [UNK]".split(
    " ",
  );

/** Ids of pieces that carry no content of their own. */
export function stopPieces(idOf: (piece: string) => number | undefined): ReadonlySet<number> {
  return new Set(STOP_WORDS.flatMap((word) => idOf(word) ?? []));
}

/** @param states Flat [tokens, 384] of one text, its [CLS] and [SEP] included. */
export function contentTokens(
  sequence: readonly number[],
  states: Float32Array,
  stop: ReadonlySet<number>,
): ContentTokens {
  const ids = sequence.slice(1, -1);
  return {
    ids,
    states: ids.map((_, i) => normalize(states.subarray((i + 1) * HIDDEN_SIZE, (i + 2) * HIDDEN_SIZE))),
    content: ids.map((id) => !stop.has(id)),
  };
}

/**
 * How well the content of one text is found in another, as BERTScore's recall has it (Zhang et al. 2020,
 * arXiv:1904.09675): each content piece of `of` gets its highest cosine with any piece of `by`. Differs in counting
 * content words only, and in weighing what the question already gave away.
 * @param known Pieces of the question.
 * @returns [mean; mean over pieces that are new against `known`, or over all when none is; mean weighted by rarity and
 *   novelty; least]; zeros when either text has no content.
 */
export function alignTokens(
  of: ContentTokens,
  by: ContentTokens,
  known: ReadonlySet<number>,
): [number, number, number, number] {
  let [sum, count, newSum, newCount, weighted, weights, least] = [0, 0, 0, 0, 0, 0, 1];
  if (by.ids.length === 0) return [0, 0, 0, 0];
  of.ids.forEach((id, i) => {
    if (!of.content[i]) return;
    let best = -1;
    for (const state of by.states) best = Math.max(best, dot(of.states[i]!, state));
    const isNew = !known.has(id);
    const weight = rarity(id) * (isNew ? 1 : KNOWN_WEIGHT);
    sum += best;
    count++;
    weighted += weight * best;
    weights += weight;
    least = Math.min(least, best);
    if (isNew) {
      newSum += best;
      newCount++;
    }
  });
  if (count === 0) return [0, 0, 0, 0];
  return [sum / count, newCount > 0 ? newSum / newCount : sum / count, weighted / weights, least];
}

/** 0.15 to 1: BERT's vocabulary lists whole words from frequent to rare, so the id tells how rare a word is. */
function rarity(id: number): number {
  const firstWord = 1996;
  return id < firstWord ? 0.3 : Math.min(1, Math.max(0.15, (Math.log(id + 1) - 7.3) / 2.6));
}
