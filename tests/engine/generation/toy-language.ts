import { createDecoder } from "../../../src/engine/generation/create-decoder.ts";
import type { DecodedSequence, Decoder } from "../../../src/engine/generation/decoder.ts";
import { type GenerationSettings, NEUTRAL_SETTINGS } from "../../../src/engine/generation/settings.ts";
import type { DecoderContext } from "../../../src/engine/generation/stopping.ts";
import type { TraceStep } from "../../../src/engine/generation/trace.ts";

/** A language: the logits after some tokens. */
export type Language = (tokenIds: readonly number[]) => Float32Array;

/** Pseudo-random logits, different after every prefix and the same each time. */
export function hashedLanguage(seed: number, vocabSize: number): Language {
  return (tokenIds) => {
    let h = Math.imul(seed + 1, 0x9e3779b1);
    for (const id of tokenIds) h = mix(h ^ (id + 1));
    return Float32Array.from({ length: vocabSize }, (_, i) => {
      h = mix(h + i);
      return ((h >>> 8) / 2 ** 24) * 6 - 3;
    });
  };
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same probabilities after every prefix. */
export function constantLanguage(probabilities: readonly number[]): Language {
  return () => Float32Array.from(probabilities, Math.log);
}

export interface Run {
  readonly sequences: readonly DecodedSequence[];
  readonly trace: readonly TraceStep[];
  readonly steps: number;
}

/** Settings are taken as they are, without `resolveSettings`, so that one beam can be tried too. */
export function startDecoder(
  settings: Partial<GenerationSettings>,
  language: Language,
  context: Partial<DecoderContext> = {},
): Decoder {
  const promptIds = context.promptIds ?? [0];
  return createDecoder(
    { ...NEUTRAL_SETTINGS, ...settings },
    {
      promptIds,
      vocabSize: language(promptIds).length,
      eosTokenIds: [],
      decodeText: (ids) => ids.map((id) => String.fromCharCode(97 + id)).join(""),
      now: () => 0,
      ...context,
    },
  );
}

export function decodeToy(
  settings: Partial<GenerationSettings>,
  language: Language,
  context: Partial<DecoderContext> = {},
): Run {
  const stepper = createStepper(
    startDecoder(settings, language, context),
    language,
    context.promptIds ?? [0],
  );
  let steps = 0;
  do steps++;
  while (stepper.step());
  return { sequences: stepper.decoder.sequences(), trace: stepper.decoder.takeTrace(), steps };
}

/** Runs a decoder one step at a time. */
export function createStepper(decoder: Decoder, language: Language, promptIds: readonly number[]) {
  let rows: (readonly number[])[] = [promptIds];
  return {
    decoder,
    /** @returns whether there is another step. */
    step(): boolean {
      const answer = decoder.step({ logits: rows.map(language) });
      if (answer.kind === "done") return false;
      rows = answer.rows.map(({ parent, tokenId }) => [...rows[parent]!, tokenId]);
      return true;
    },
  };
}

export function softmax(logits: ArrayLike<number>): number[] {
  const max = Math.max(...Array.from(logits));
  const weights = Array.from(logits, (logit) => Math.exp(logit - max));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}
