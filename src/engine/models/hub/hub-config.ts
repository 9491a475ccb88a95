import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../../errors.ts";
import type { DecoderFacts } from "../decoder-config.ts";

const size = z.int().positive();
const tokenIds = z.union([z.int(), z.array(z.int())]).nullish();

/** The fields of transformers' config.json that Cloze reads, under all the names they have. */
const transformersConfig = z.looseObject({
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  vocab_size: size,
  hidden_size: size.nullish(),
  n_embd: size.nullish(),
  d_model: size.nullish(),
  dim: size.nullish(),
  num_hidden_layers: size.nullish(),
  n_layer: size.nullish(),
  n_layers: size.nullish(),
  num_layers: size.nullish(),
  num_decoder_layers: size.nullish(),
  num_attention_heads: size.nullish(),
  n_head: size.nullish(),
  num_heads: size.nullish(),
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  d_kv: size.nullish(),
  max_position_embeddings: size.nullish(),
  n_positions: size.nullish(),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
  decoder_start_token_id: z.int().nullish(),
  pad_token_id: z.int().nullish(),
});
export type TransformersConfig = z.infer<typeof transformersConfig>;

const generationConfig = z.looseObject({ bos_token_id: tokenIds, eos_token_id: tokenIds });

/** T5 has relative positions and no limit of its own; this is what it was trained on. */
const T5_CONTEXT = 512;

/** @throws {EngineError} "model-config" when it is no config.json of transformers */
export function parseTransformersConfig(text: string, where: string): TransformersConfig {
  try {
    return transformersConfig.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new EngineError(
      "model-config",
      `${where} is not a config.json of transformers: ${reason}`,
      { where },
      cause,
    );
  }
}

/** config.json of a downloaded repository. @throws {EngineError} "model-config" */
export function readTransformersConfig(directory: string): TransformersConfig {
  const path = join(directory, "config.json");
  return parseTransformersConfig(textOf(path) ?? "", path);
}

/** How many tokens the model reads and writes together. */
export function contextLengthOf(config: TransformersConfig): number {
  return config.max_position_embeddings ?? config.n_positions ?? T5_CONTEXT;
}

/** Layers whose keys and values are kept: all of a decoder-only model, T5's decoder. */
export function sizesOf(config: TransformersConfig) {
  const heads = config.num_attention_heads ?? config.n_head ?? config.num_heads ?? 1;
  const hiddenSize = config.hidden_size ?? config.n_embd ?? config.d_model ?? config.dim ?? heads;
  return {
    layers:
      config.num_decoder_layers ??
      config.num_hidden_layers ??
      config.n_layer ??
      config.num_layers ??
      config.n_layers ??
      1,
    kvHeads: config.num_key_value_heads ?? heads,
    headDim: config.head_dim ?? config.d_kv ?? Math.floor(hiddenSize / heads),
    hiddenSize,
  };
}

/**
 * What decoding must know, from config.json and generation_config.json; the latter's token ids win, since it names
 * every token that ends a text.
 * @throws {EngineError} "model-config"
 */
export function readExportedFacts(directory: string): DecoderFacts {
  const config = readTransformersConfig(directory);
  const generation = generationConfig.safeParse(
    JSON.parse(textOf(join(directory, "generation_config.json")) ?? "{}"),
  );
  const ids = (name: "bos_token_id" | "eos_token_id"): readonly number[] =>
    [generation.data?.[name] ?? config[name] ?? []].flat();
  return {
    ...sizesOf(config),
    vocabSize: config.vocab_size,
    contextLength: contextLengthOf(config),
    bosTokenId: ids("bos_token_id")[0],
    eosTokenIds: ids("eos_token_id"),
  };
}

/** The chat template, from its own file or from tokenizer_config.json; undefined when the model has none. */
export function readChatTemplate(directory: string): string | undefined {
  const own = textOf(join(directory, "chat_template.jinja"));
  if (own !== undefined) return own;
  const text = textOf(join(directory, "tokenizer_config.json"));
  return text === undefined ? undefined : chatTemplateIn(text);
}

/** The chat template in a tokenizer_config.json: a text, or a list of which the one called "default" counts. */
export function chatTemplateIn(tokenizerConfig: string): string | undefined {
  const { chat_template: template } = JSON.parse(tokenizerConfig) as { chat_template?: unknown };
  if (typeof template === "string") return template;
  if (!Array.isArray(template)) return undefined;
  const found = template.find((each) => each?.name === "default")?.template;
  return typeof found === "string" ? found : undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
