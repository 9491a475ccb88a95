import { topIndices } from "../log-softmax.ts";
import type { TextScorer } from "../text-scorer.ts";
import {
  type DecoderContext,
  decoderContext,
  firstTokens,
  type WordTokens,
  wordInPlace,
  wordTokens,
} from "./decoder-context.ts";
import { type FillMethod, withWord } from "./filling.ts";

/** Tokens of a word at most; longer words are not proposed. */
const MAX_WORD_TOKENS = 4;

/** A continuation less likely than this, given the piece before it, is not followed. */
const LEAST_CONTINUATION = Math.log(0.02);

/**
 * A decoder's guess from the left context alone: p(w | left) of whole words. The probability of a word is that of its
 * tokens, times the mass of next tokens that end the word (Oh & Schuler 2024, arXiv:2406.10851), so that " super" is
 * not counted as a word where " supermarket" was meant. Several blanks are filled from the left.
 */
export function decoderMethod(scorer: TextScorer): FillMethod {
  return {
    model: scorer.model,
    async expand(text, fillings, width, targets, signal) {
      const expanded = fillings.map(async (filling) => {
        const context = decoderContext(text, filling);
        const words = targets
          ? await scoreWords(scorer, context, targets, signal)
          : await likeliestWords(scorer, context, width, signal);
        return words.map(({ word, logProb }) => withWord(filling, context.blank, word, logProb));
      });
      return (await Promise.all(expanded)).flat();
    },
  };
}

interface ScoredWord {
  readonly word: string;
  readonly logProb: number;
}

async function likeliestWords(
  scorer: TextScorer,
  context: DecoderContext,
  count: number,
  signal?: AbortSignal,
): Promise<ScoredWord[]> {
  const [tokens, vocabulary] = await Promise.all([wordTokens(scorer), scorer.vocabulary()]);
  const [first] = await scorer.nextTokenLogProbs([context.left], signal);
  // `word` is what stands after `left`, its space included, until it is known to be whole.
  let partials: ScoredWord[] = topIndices(first!, 2 * count, firstTokens(tokens, context)).map((id) => ({
    word: vocabulary[id]!,
    logProb: first![id]!,
  }));
  let words: ScoredWord[] = [];
  for (let length = 1; length <= MAX_WORD_TOKENS && partials.length > 0; length++) {
    const next = await scorer.nextTokenLogProbs(
      partials.map(({ word }) => context.left + word),
      signal,
    );
    const longer: ScoredWord[] = [];
    partials.forEach(({ word, logProb }, i) => {
      words.push({ word: word.trimStart(), logProb: logProb + logEndMass(next[i]!, tokens) });
      for (const id of topIndices(next[i]!, 2, tokens.bare)) {
        const step = next[i]![id]!;
        if (step > LEAST_CONTINUATION) longer.push({ word: word + vocabulary[id], logProb: logProb + step });
      }
    });
    words = words.sort((a, b) => b.logProb - a.logProb).slice(0, count);
    const bar = words[count - 1]?.logProb ?? -Infinity;
    partials = longer
      .filter(({ logProb }) => logProb > bar)
      .sort((a, b) => b.logProb - a.logProb)
      .slice(0, count);
  }
  return words;
}

async function scoreWords(
  scorer: TextScorer,
  context: DecoderContext,
  targets: readonly string[],
  signal?: AbortSignal,
): Promise<ScoredWord[]> {
  const placed = targets.map((word) => wordInPlace(context, word));
  const [tokens, scores, ends] = await Promise.all([
    wordTokens(scorer),
    Promise.all(placed.map((word) => scorer.encode(word))).then((ids) =>
      scorer.scoreContinuations(context.left, ids, signal),
    ),
    scorer.nextTokenLogProbs(
      placed.map((word) => context.left + word),
      signal,
    ),
  ]);
  return targets.map((word, i) => ({
    word,
    logProb: scores[i]!.reduce((a, b) => a + b, 0) + logEndMass(ends[i]!, tokens),
  }));
}

/** Natural log of the probability that the next token does not continue the word. */
function logEndMass(next: Float32Array, { bare }: WordTokens): number {
  let mass = 0;
  for (const id of bare) mass += Math.exp(next[id]!);
  return Math.log(Math.max(1e-9, 1 - mass));
}
