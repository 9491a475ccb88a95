import { EngineError } from "../../errors.ts";
import { logSoftmax, topIndices } from "../log-softmax.ts";
import type { MaskedModel } from "../masked-model.ts";
import { type BlankedText, fillBlanks } from "./blanks.ts";
import { type Filling, type FillMethod, withWord } from "./filling.ts";

/**
 * The masked language model's distribution at each [MASK], both sides of the blank read at once (Devlin et al. 2019,
 * arXiv:1810.04805). Of several blanks the one whose best word is surest is filled first, and the others are read again
 * with that word in place.
 *
 * Words are single whole-word pieces. A target word of n pieces is scored with n masks, its pieces filled in from the
 * left: p(w) = Π p(piece | pieces before it, masks for the rest); that it has n pieces is taken as given.
 */
export function encoderMethod(masked: MaskedModel): FillMethod {
  return {
    model: masked.id,
    async expand(text, fillings, width, targets, signal) {
      const distributions = await maskDistributions(masked, text, fillings, signal);
      if (targets) return scoreTargets(masked, text, fillings, distributions, targets, signal);
      return fillings.flatMap((filling, f) => {
        const { blank, logProbs } = surest(masked, distributions[f]!);
        const best = topIndices(logProbs, width, masked.tokenizer.wholeWords);
        return best.map((id) => withWord(filling, blank, masked.tokenizer.piece(id), logProbs[id]!));
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
  masked: MaskedModel,
  text: BlankedText,
  fillings: readonly Filling[],
  signal?: AbortSignal,
): Promise<BlankDistribution[][]> {
  const inputs = fillings.map(({ words }) => {
    const sequence = masked.tokenizer.wrap(masked.tokenizer.encode(fillBlanks(text, words)), text.text);
    const places = sequence.flatMap((id, i) => (id === masked.tokenizer.maskId ? [i] : []));
    return { sequence, places, blanks: words.flatMap((word, i) => (word === undefined ? [i] : [])) };
  });
  const request = { sequences: inputs.map((i) => i.sequence), places: inputs.map((i) => i.places) };
  const logits = await masked.maskLogits(request, signal);
  const size = logits.length / inputs.reduce((sum, { places }) => sum + places.length, 0);
  let row = 0;
  return inputs.map(({ blanks }) =>
    blanks.map((blank) => {
      const own = logits.subarray(row * size, ++row * size);
      return { blank, logProbs: logSoftmax(own) };
    }),
  );
}

function surest(masked: MaskedModel, distributions: readonly BlankDistribution[]): BlankDistribution {
  const best = ({ logProbs }: BlankDistribution): number =>
    logProbs[topIndices(logProbs, 1, masked.tokenizer.wholeWords)[0]!]!;
  return distributions.reduce((a, b) => (best(b) > best(a) ? b : a));
}

async function scoreTargets(
  masked: MaskedModel,
  text: BlankedText,
  fillings: readonly Filling[],
  distributions: readonly (readonly BlankDistribution[])[],
  targets: readonly string[],
  signal?: AbortSignal,
): Promise<Filling[]> {
  const expanded: Filling[] = [];
  for (const [f, filling] of fillings.entries()) {
    const { blank, logProbs } = surest(masked, distributions[f]!);
    for (const word of targets) {
      const pieces = masked.tokenizer.encode(word);
      if (!masked.tokenizer.isKnown(pieces)) {
        throw new EngineError(
          "bad-target",
          `The word "${word}" is not in the encoder's vocabulary. Choose another target.`,
          { word },
        );
      }
      const logProb =
        pieces.length === 1
          ? logProbs[pieces[0]!]!
          : await scorePieces(masked, text, filling, blank, pieces, signal);
      expanded.push(withWord(filling, blank, word, logProb));
    }
  }
  return expanded;
}

/** log Π p(piece k | pieces before it in place, masks for the others), all steps in one run. */
async function scorePieces(
  masked: MaskedModel,
  text: BlankedText,
  filling: Filling,
  blank: number,
  pieces: readonly number[],
  signal?: AbortSignal,
): Promise<number> {
  const left = masked.tokenizer.encode(
    fillBlanks({ ...text, segments: text.segments.slice(0, blank + 1) }, filling.words.slice(0, blank)),
  );
  const right = masked.tokenizer.encode(
    fillBlanks({ ...text, segments: text.segments.slice(blank + 1) }, filling.words.slice(blank + 1)),
  );
  const sequences = pieces.map((_, k) =>
    masked.tokenizer.wrap(
      [...left, ...pieces.slice(0, k), ...pieces.slice(k).map(() => masked.tokenizer.maskId), ...right],
      text.text,
    ),
  );
  const places = pieces.map((_, k) => [1 + left.length + k]);
  const logits = await masked.maskLogits({ sequences, places }, signal);
  const size = logits.length / pieces.length;
  return pieces.reduce((sum, piece, k) => {
    return sum + logSoftmax(logits.subarray(k * size, (k + 1) * size))[piece]!;
  }, 0);
}
