import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../errors.ts";

/** What decoding must know of a model, whatever the layout of its graph. */
export interface DecoderFacts {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  /** Starts a text that has no prompt. */
  readonly bosTokenId?: number | null | undefined;
  readonly eosTokenIds: readonly number[];
}

const decoderConfig = z.object({
  layout: z.literal("cloze-decoder-1"),
  layers: z.int().positive(),
  kvHeads: z.int().positive(),
  headDim: z.int().positive(),
  hiddenSize: z.int().positive(),
  vocabSize: z.int().positive(),
  contextLength: z.int().positive(),
  bosTokenId: z.int().nonnegative().nullable().optional(),
  eosTokenIds: z.array(z.int().nonnegative()),
  files: z.object({
    decoder: z.string(),
    score: z.string(),
    tokenizer: z.string(),
    chatTemplate: z.string().nullable().optional(),
  }),
  /** Names of the graphs' inputs and outputs; `{layer}` stands for a layer's number. */
  tensors: z.object({
    inputIds: z.string(),
    pastLengths: z.string(),
    pastKey: z.string(),
    pastValue: z.string(),
    logits: z.string(),
    hidden: z.string(),
    newKeyValue: z.string(),
    /** Only where the vocabulary divides into the blocks of generation/processors/candidates.ts. */
    blockMaxima: z.string().optional(),
    logSumExp: z.string().optional(),
    scoreHidden: z.string(),
    scoreTargets: z.string(),
    scoreLogProbs: z.string(),
  }),
});

/** How a model's graphs are laid out in Cloze's own layout: sizes, token ids, names of tensors and files. */
export type DecoderConfig = z.infer<typeof decoderConfig>;

/** @throws {EngineError} "model-config" when `config.json` is missing or describes another layout. */
export function readDecoderConfig(directory: string): DecoderConfig {
  const path = join(directory, "config.json");
  try {
    return decoderConfig.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new EngineError(
      "model-config",
      `${path} does not describe a decoder graph of layout cloze-decoder-1: ${reason}`,
      { path },
      cause,
    );
  }
}
