import { topIndices } from "../log-softmax.ts";
import type { MaskedModel } from "../masked-model.ts";
import type { TextScorer } from "../text-scorer.ts";
import { capitalize } from "./blanks.ts";
import {
  type DecoderContext,
  decoderContext,
  firstTokens,
  wordInPlace,
  wordTokens,
} from "./decoder-context.ts";
import { maskDistributions } from "./encoder-method.ts";
import { type Filling, type FillMethod, withWord } from "./filling.ts";

/** How many words each model proposes, how many of them are tried with a little right context, how many with all. */
const PROPOSED = 80;
const TRIED = 24;
const FINALISTS = 8;

/** Tokens of right context in the first trial. */
const TRIAL_TOKENS = 6;

/** Weight of the encoder's log-probability beside the decoder's when candidates are chosen for the first trial. */
const ENCODER_WEIGHT = 0.7;

/** A word the encoder does not know counts as this unlikely when candidates are chosen. */
const UNKNOWN_TO_ENCODER = -11;

/**
 * Words from both models, each put into the blank, and the sentence scored by the decoder:
 * log p(w | left) + log p(right | left, w), the context of a bidirectional model with the probabilities of a
 * left-to-right one (as in noisy-channel and n-best rescoring, Salazar et al. 2020, arXiv:1910.14659, who rescore the
 * other way round). Right context ends at the next blank; several blanks are filled from the left.
 *
 * Candidates are pruned twice: by both models' own probabilities, then with the first tokens of the right context.
 */
export function rescoredMethod(masked: MaskedModel, scorer: TextScorer): FillMethod {
  return {
    model: `${masked.id} + ${scorer.model}`,
    async expand(text, fillings, width, targets, signal) {
      const distributions = targets ? undefined : await maskDistributions(masked, text, fillings, signal);
      const expanded = fillings.map(async (filling, f) => {
        const context = decoderContext(text, filling);
        const own = distributions?.[f]?.find(({ blank }) => blank === context.blank)?.logProbs;
        const words = own ? await propose(masked, scorer, context, own, signal) : targets!;
        const finalists = own ? Math.max(FINALISTS, width) : words.length;
        return score(scorer, context, filling, words, finalists, signal);
      });
      return (await Promise.all(expanded)).flat();
    },
  };
}

/** The words to try, the most promising first. */
async function propose(
  masked: MaskedModel,
  scorer: TextScorer,
  context: DecoderContext,
  encoderLogProbs: Float32Array,
  signal?: AbortSignal,
): Promise<string[]> {
  const { tokenizer } = masked;
  const [tokens, vocabulary] = await Promise.all([wordTokens(scorer), scorer.vocabulary()]);
  const [next] = await scorer.nextTokenLogProbs([context.left], signal);
  const worth = new Map<string, number>();

  for (const id of topIndices(next!, PROPOSED, firstTokens(tokens, context))) {
    const word = vocabulary[id]!.trimStart();
    const pieces = tokenizer.encode(word);
    const encoderLogProb = pieces.length === 1 ? encoderLogProbs[pieces[0]!]! : UNKNOWN_TO_ENCODER;
    worth.set(word, next![id]! + ENCODER_WEIGHT * encoderLogProb);
  }
  for (const id of topIndices(encoderLogProbs, PROPOSED, tokenizer.wholeWords)) {
    // The encoder has no capital letters: the spelling is the one the decoder finds likelier. A word of several
    // tokens counts by a token it begins with, which only says whether it is worth a trial.
    const lower = tokenizer.piece(id);
    const spellings = context.sentenceStart ? [capitalize(lower)] : [lower, capitalize(lower)];
    const first = spellings.map((word) => next![tokens.longestStart(wordInPlace(context, word))]!);
    const best = first[1] !== undefined && first[1] > first[0]! ? 1 : 0;
    const word = spellings[best]!;
    if (!worth.has(word)) worth.set(word, first[best]! + ENCODER_WEIGHT * encoderLogProbs[id]!);
  }
  return [...worth]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TRIED)
    .map(([word]) => word);
}

async function score(
  scorer: TextScorer,
  context: DecoderContext,
  filling: Filling,
  words: readonly string[],
  finalists: number,
  signal?: AbortSignal,
): Promise<Filling[]> {
  const right = await scorer.encode(rightText(context));
  const ids = await Promise.all(words.map((word) => scorer.encode(wordInPlace(context, word))));
  let candidates = words.map((word, i) => ({ word, ids: ids[i]!, logProb: 0 }));
  const rounds =
    candidates.length > finalists && right.length > TRIAL_TOKENS + 2
      ? [TRIAL_TOKENS, right.length]
      : [right.length];
  for (const length of rounds) {
    const continuations = candidates.map(({ ids }) => [...ids, ...right.slice(0, length)]);
    const scores = await scorer.scoreContinuations(context.left, continuations, signal);
    candidates = candidates
      .map((candidate, i) => ({ ...candidate, logProb: scores[i]!.reduce((a, b) => a + b, 0) }))
      .sort((a, b) => b.logProb - a.logProb)
      .slice(0, finalists);
  }
  return candidates.map(({ word, logProb }) => withWord(filling, context.blank, word, logProb));
}

/** What follows the word. At the end of a text without punctuation a full stop stands for the end of the word. */
function rightText({ right, more }: DecoderContext): string {
  return right.trim() === "" && !more ? "." : right.trimEnd();
}
