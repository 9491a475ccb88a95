import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../errors.ts";

const transducerConfig = z.object({
  layout: z.literal("cloze-transducer-1"),
  layers: z.int().positive(),
  heads: z.int().positive(),
  headDim: z.int().positive(),
  startTokenId: z.int().nonnegative(),
  eosTokenIds: z.array(z.int().nonnegative()).min(1),
  /** The most input tokens, the end not counted. */
  maxInput: z.int().positive(),
  maxOutput: z.int().positive(),
  /** The decoder layer, from 0, whose cross-attention is told. */
  alignmentLayer: z.int().nonnegative(),
  /** By id: the letters that can be read, and the tokens that can be written. */
  input: z.array(z.string()).min(1),
  output: z.array(z.string()).min(1),
});

/** How an encoder–decoder over two small alphabets is laid out. */
export type TransducerConfig = z.infer<typeof transducerConfig>;

/** @throws {EngineError} "model-config" when `config.json` is missing or describes another layout. */
export function readTransducerConfig(directory: string): TransducerConfig {
  const path = join(directory, "config.json");
  try {
    return transducerConfig.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new EngineError(
      "model-config",
      `${path} does not describe an encoder–decoder of layout cloze-transducer-1: ${reason}`,
      { path },
      cause,
    );
  }
}
