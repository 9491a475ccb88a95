import { EngineError } from "../../errors.ts";
import type { Encoders } from "../encoders.ts";
import { embeddedMaskedModel, type MaskedModel } from "../masked-model.ts";
import type { TextScorer } from "../text-scorer.ts";
import { type BlankedText, fillBlanks, parseBlanks } from "./blanks.ts";
import { decoderMethod } from "./decoder-method.ts";
import { encoderMethod } from "./encoder-method.ts";
import { bestFillings, type Filling, type FillMethod } from "./filling.ts";
import { rescoredMethod } from "./rescored-method.ts";

export const FILL_METHODS = ["encoder", "decoder", "rescored"] as const;
export type FillMethodName = (typeof FILL_METHODS)[number];

export interface FillMaskRequest {
  /** With one or more blanks: [MASK], <mask>, ___. */
  readonly text: string;
  /** Default: rescored, the best on the held-out cloze set, where a decoder is at hand; else encoder. */
  readonly method?: FillMethodName;
  /** The masked model for the methods "encoder" and "rescored"; absent: the one that comes with Cloze. */
  readonly masked?: MaskedModel;
  /** Words a blank, 1 to 50; default 5. */
  readonly top?: number;
  /** The only words to compare. Words of several pieces are scored as their pieces. */
  readonly targets?: readonly string[];
  /** Also fill the blanks from the left context alone, to show what the right context changed. */
  readonly why?: boolean;
}

export interface BlankPrediction {
  readonly word: string;
  /**
   * encoder, decoder: the model's own probability. rescored: the share among the words that were tried to the end.
   * With several blanks: the share among the joint fillings found.
   */
  readonly probability: number;
  /** With targets: the share among them. */
  readonly share?: number;
  /** The sentence with the word in place (and the likeliest words in the other blanks). */
  readonly text: string;
}

export interface BlankResult {
  /** 0 is the leftmost blank. */
  readonly index: number;
  readonly predictions: readonly BlankPrediction[];
}

/** All blanks filled together. */
export interface JointFilling {
  readonly words: readonly string[];
  /** The blanks in the order in which they were filled. */
  readonly order: readonly number[];
  readonly probability: number;
  readonly text: string;
}

export interface FillMaskResult {
  readonly text: string;
  readonly method: FillMethodName;
  readonly model: string;
  readonly blanks: readonly BlankResult[];
  /** With several blanks: the joint fillings, best first. */
  readonly fillings?: readonly JointFilling[];
  /** On request: the same blanks from left context only. */
  readonly leftOnly?: readonly BlankResult[];
  readonly timing: { readonly ms: number };
}

/** Joint fillings that are followed at once. */
const BEAM = 6;

/**
 * Fills the blanks of a sentence.
 * @param scorer The decoder for the methods "decoder" and "rescored".
 * @throws {EngineError} "empty-text", "no-blank", "too-many-blanks", "text-too-long", "bad-target", "bad-option"
 */
export async function fillMask(
  encoders: Encoders,
  scorer: TextScorer | undefined,
  request: FillMaskRequest,
  signal?: AbortSignal,
): Promise<FillMaskResult> {
  const started = performance.now();
  const masked = request.masked ?? embeddedMaskedModel(encoders);
  const text = parseBlanks(request.text);
  const top = checkTop(request.top ?? 5);
  const targets = request.targets && checkTargets(request.targets);
  const method = request.method ?? (scorer ? "rescored" : "encoder");
  const chosen = createMethod(method, masked, scorer);
  const fillings = await fillAll(chosen, text, top, targets, signal);
  const leftOnly =
    request.why && method !== "decoder"
      ? await fillAll(createMethod("decoder", masked, scorer), text, top, targets, signal)
      : undefined;
  const blanks = describeBlanks(text, fillings, method, top, targets);
  return {
    text: request.text,
    method,
    model: chosen.model,
    blanks,
    ...(text.segments.length > 2 && { fillings: describeFillings(text, fillings).slice(0, top) }),
    ...(leftOnly && { leftOnly: describeBlanks(text, leftOnly, "decoder", top, targets) }),
    timing: { ms: Math.round(performance.now() - started) },
  };
}

function createMethod(name: FillMethodName, masked: MaskedModel, scorer: TextScorer | undefined): FillMethod {
  if (name === "encoder") return encoderMethod(masked);
  if (!FILL_METHODS.includes(name)) {
    throw new EngineError("bad-option", `Unknown method "${name}". Choose ${FILL_METHODS.join(", ")}.`, {
      method: name,
    });
  }
  if (!scorer) {
    throw new EngineError(
      "bad-option",
      `The method "${name}" needs a decoder-only model, and none is at hand. Choose encoder.`,
      {
        method: name,
      },
    );
  }
  return name === "decoder" ? decoderMethod(scorer) : rescoredMethod(masked, scorer);
}

async function fillAll(
  method: FillMethod,
  text: BlankedText,
  top: number,
  targets: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<Filling[]> {
  const blanks = text.segments.length - 1;
  const width = targets?.length ?? top;
  const kept = blanks === 1 ? Math.max(width, BEAM) : Math.max(BEAM, top);
  let fillings: Filling[] = [{ words: Array<undefined>(blanks).fill(undefined), order: [], logProb: 0 }];
  for (let i = 0; i < blanks; i++) {
    fillings = bestFillings(
      await method.expand(text, fillings, Math.max(width, BEAM), targets, signal),
      kept,
    );
  }
  return fillings;
}

/** Probabilities of fillings: the method's own for one blank of encoder or decoder, else shares among those found. */
function probabilities(fillings: readonly Filling[], own: boolean): number[] {
  if (own) return fillings.map(({ logProb }) => Math.exp(logProb));
  const highest = Math.max(...fillings.map(({ logProb }) => logProb));
  const weights = fillings.map(({ logProb }) => Math.exp(logProb - highest));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

function describeBlanks(
  text: BlankedText,
  fillings: readonly Filling[],
  method: FillMethodName,
  top: number,
  targets: readonly string[] | undefined,
): BlankResult[] {
  const blanks = text.segments.length - 1;
  const masses = probabilities(fillings, blanks === 1 && method !== "rescored");
  const total = masses.reduce((a, b) => a + b, 0);
  return Array.from({ length: blanks }, (_, index) => {
    const words = new Map<string, { probability: number; text: string }>();
    fillings.forEach((filling, i) => {
      const word = filling.words[index]!;
      const known = words.get(word);
      if (known) known.probability += masses[i]!;
      else words.set(word, { probability: masses[i]!, text: fillBlanks(text, filling.words) });
    });
    const predictions = [...words]
      .map(([word, { probability, text }]) => ({
        word,
        probability: round(probability),
        ...(targets && { share: round(probability / total) }),
        text,
      }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, targets?.length ?? top);
    return { index, predictions };
  });
}

function describeFillings(text: BlankedText, fillings: readonly Filling[]): JointFilling[] {
  const masses = probabilities(fillings, false);
  return fillings.map(({ words, order }, i) => ({
    words: words as string[],
    order,
    probability: round(masses[i]!),
    text: fillBlanks(text, words),
  }));
}

function round(probability: number): number {
  return Number(probability.toPrecision(6));
}

function checkTop(top: number): number {
  if (!Number.isInteger(top) || top < 1 || top > 50) {
    throw new EngineError("bad-option", `top is ${top}; it must be a whole number from 1 to 50.`, { top });
  }
  return top;
}

function checkTargets(targets: readonly string[]): readonly string[] {
  const words = [...new Set(targets.map((word) => word.trim()))];
  const bad = words.find((word) => !/^[\p{L}\p{N}][\p{L}\p{N}'’-]*$/u.test(word));
  if (bad !== undefined || words.length < 2 || words.length > 20) {
    throw new EngineError(
      "bad-target",
      bad === undefined
        ? `There are ${words.length} different targets; give 2 to 20 words to compare, as in: he, she, they.`
        : `"${bad}" is not one word. Targets are single words, as in: he, she, they.`,
      { targets },
    );
  }
  return words;
}
