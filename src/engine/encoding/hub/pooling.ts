import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../../errors.ts";

/** How the states of a sentence's tokens become one vector. */
export type PoolingMode = "mean" | "cls";

const poolingConfig = z.looseObject({
  pooling_mode_mean_tokens: z.boolean().catch(false),
  pooling_mode_cls_token: z.boolean().catch(false),
});
const lengthConfig = z.looseObject({ max_seq_length: z.int().positive().nullish().catch(undefined) });

/**
 * What `1_Pooling/config.json` and `sentence_bert_config.json` of a sentence-transformers repository say; the mean
 * over tokens where they are missing, as in repositories that only hold the exported graph.
 * @throws {EngineError} "model-config" for a pooling that is neither the mean nor [CLS]
 */
export function readPooling(directory: string): { mode: PoolingMode; maxTokens?: number } {
  const path = join(directory, "1_Pooling", "config.json");
  const lengths = join(directory, "sentence_bert_config.json");
  const maxTokens = existsSync(lengths)
    ? lengthConfig.parse(JSON.parse(readFileSync(lengths, "utf8"))).max_seq_length
    : undefined;
  return { mode: existsSync(path) ? modeOf(path) : "mean", ...(maxTokens ? { maxTokens } : {}) };
}

export function describePooling(mode: PoolingMode): string {
  return mode === "mean"
    ? "mean of the last layer's token states, length 1"
    : "the last layer's state at [CLS], length 1";
}

function modeOf(path: string): PoolingMode {
  const config = poolingConfig.parse(JSON.parse(readFileSync(path, "utf8")));
  if (config.pooling_mode_mean_tokens) return "mean";
  if (config.pooling_mode_cls_token) return "cls";
  throw new EngineError(
    "model-config",
    `${path} asks for a pooling that Cloze has not: it knows the mean over tokens and the state at [CLS].`,
    { path },
  );
}
