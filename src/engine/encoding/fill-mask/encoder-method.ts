import { EngineError } from "../../errors.ts";
import { VOCABULARY_SIZE } from "../encoder-protocol.ts";
import type { Encoders } from "../encoders.ts";
import { logSoftmax, topIndices } from "../log-softmax.ts";
import { isKnown, MASK, wrapPieces } from "../word-piece-tokenizer.ts";
import { type BlankedText, fillBlanks } from "./blanks.ts";
import { type Filling, type FillMethod, withWord } from "./filling.ts";

export const MASKED_MODEL = "masked-minilm";

/**
 * The masked language model's distribution at each [MASK], both sides of the blank read at once (Devlin et al. 2019,
 * arXiv:1810.04805). Of several blanks the one whose best word is surest is filled first, and the others are read again
 * with that word in place.
 *
 * Words are single whole-word pieces. A target word of n pieces is scored with n masks, its pieces filled in from the
 * left: p(w) = Π p(piece | pieces before it, masks for the rest); that it has n pieces is taken as given.
 */
export function encoderMethod(encoders: Encoders): FillMethod {
  return {
    model: MASKED_MODEL,
    async expand(text, fillings, width, targets, signal) {
      const distributions = await maskDistributions(encoders, text, fillings, signal);
      if (targets) return scoreTargets(encoders, text, fillings, distributions, targets, signal);
      return fillings.flatMap((filling, f) => {
        const { blank, logProbs } = surest(encoders, distributions[f]!);
        const best = topIndices(logProbs, width, encoders.tokenizer.wholeWords);
        return best.map((id) => withWord(filling, blank, encoders.tokenizer.piece(id), logProbs[id]!));
      });
    },
  };
}

/** The distribution at an open blank: natural log-probabilities, [30522]. */
export interface BlankDistribution {
  readonly blank: number;
  readonly logProbs: Float32Array;
}

/** For each filling, the distribution at each of its open blanks, all in one run. */
export async function maskDistributions(
  encoders: Encoders,
  text: BlankedText,
  fillings: readonly Filling[],
  signal?: AbortSignal,
): Promise<BlankDistribution[][]> {
  const inputs = fillings.map(({ words }) => {
    const sequence = wrapPieces(encoders.tokenizer.encode(fillBlanks(text, words)), text.text);
    const places = sequence.flatMap((id, i) => (id === MASK ? [i] : []));
    return { sequence, places, blanks: words.flatMap((word, i) => (word === undefined ? [i] : [])) };
  });
  const request = { sequences: inputs.map((i) => i.sequence), places: inputs.map((i) => i.places) };
  const logits = await encoders.call("maskLogits", request, signal);
  let row = 0;
  return inputs.map(({ blanks }) =>
    blanks.map((blank) => {
      const own = logits.subarray(row * VOCABULARY_SIZE, ++row * VOCABULARY_SIZE);
      return { blank, logProbs: logSoftmax(own) };
    }),
  );
}

function surest(encoders: Encoders, distributions: readonly BlankDistribution[]): BlankDistribution {
  const best = ({ logProbs }: BlankDistribution): number =>
    logProbs[topIndices(logProbs, 1, encoders.tokenizer.wholeWords)[0]!]!;
  return distributions.reduce((a, b) => (best(b) > best(a) ? b : a));
}

async function scoreTargets(
  encoders: Encoders,
  text: BlankedText,
  fillings: readonly Filling[],
  distributions: readonly (readonly BlankDistribution[])[],
  targets: readonly string[],
  signal?: AbortSignal,
): Promise<Filling[]> {
  const expanded: Filling[] = [];
  for (const [f, filling] of fillings.entries()) {
    const { blank, logProbs } = surest(encoders, distributions[f]!);
    for (const word of targets) {
      const pieces = encoders.tokenizer.encode(word);
      if (!isKnown(pieces)) {
        throw new EngineError(
          "bad-target",
          `The word "${word}" is not in the encoder's vocabulary. Choose another target.`,
          { word },
        );
      }
      const logProb =
        pieces.length === 1
          ? logProbs[pieces[0]!]!
          : await scorePieces(encoders, text, filling, blank, pieces, signal);
      expanded.push(withWord(filling, blank, word, logProb));
    }
  }
  return expanded;
}

/** log Π p(piece k | pieces before it in place, masks for the others), all steps in one run. */
async function scorePieces(
  encoders: Encoders,
  text: BlankedText,
  filling: Filling,
  blank: number,
  pieces: readonly number[],
  signal?: AbortSignal,
): Promise<number> {
  const left = encoders.tokenizer.encode(
    fillBlanks({ ...text, segments: text.segments.slice(0, blank + 1) }, filling.words.slice(0, blank)),
  );
  const right = encoders.tokenizer.encode(
    fillBlanks({ ...text, segments: text.segments.slice(blank + 1) }, filling.words.slice(blank + 1)),
  );
  const sequences = pieces.map((_, k) =>
    wrapPieces([...left, ...pieces.slice(0, k), ...pieces.slice(k).map(() => MASK), ...right], text.text),
  );
  const places = pieces.map((_, k) => [1 + left.length + k]);
  const logits = await encoders.call("maskLogits", { sequences, places }, signal);
  return pieces.reduce((sum, piece, k) => {
    return sum + logSoftmax(logits.subarray(k * VOCABULARY_SIZE, (k + 1) * VOCABULARY_SIZE))[piece]!;
  }, 0);
}
