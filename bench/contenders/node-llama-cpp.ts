import { fileURLToPath } from "node:url";
import { getLlama, type LlamaContextSequence, type LlamaModel, TokenBias } from "node-llama-cpp";
import type { Contender } from "../contender.ts";

const THREADS = 2;

/**
 * Sizes of contexts, as a user who knows what is coming would choose them; each is made when first needed. A
 * request takes sequences of the first that fits, so that requests that overlap share a batch.
 */
const CONTEXTS = [
  { sequences: 20, length: 640 },
  { sequences: 64, length: 160 },
  { sequences: 1, length: 1152 },
] as const;

const FORMAT = new URL(import.meta.url).search.slice(1);

/** Reads `gguf/smollm2.<format>.gguf`, made by `make_ggufs.py`. */
export async function open(): Promise<Contender> {
  const file = fileURLToPath(new URL(`../gguf/smollm2.${FORMAT}.gguf`, import.meta.url));
  const llama = await getLlama({
    gpu: false,
    build: "never",
    maxThreads: THREADS,
    logLevel: "error" as never,
  });
  const model = await llama.loadModel({ modelPath: file });
  const noEnd = new TokenBias(model.tokenizer);
  for (const text of ["<|im_end|>", "<|endoftext|>"]) noEnd.set(model.tokenize(text, true), "never");
  const pools = new Map<number, Promise<LlamaContextSequence[]>>();

  /** Free sequences of the context that fits, to be given back after use. */
  const poolFor = (count: number, length: number) => {
    const fits = CONTEXTS.findIndex((size) => size.sequences >= count && size.length >= length);
    if (!pools.has(fits)) pools.set(fits, createSequences(model, fits));
    return pools.get(fits)!;
  };
  const write = async (
    sequence: LlamaContextSequence,
    prompt: string,
    newTokens: number,
    onFirst: () => void,
  ) => {
    let written = 0;
    for await (const _ of sequence.evaluate(model.tokenize(prompt), { temperature: 0, tokenBias: noEnd })) {
      if (written++ === 0) onFirst();
      if (written === newTokens) break;
    }
    await sequence.clearHistory();
  };
  return {
    detail: `node-llama-cpp 3.22.1, ${FORMAT}`,
    generate: async (prompts, newTokens, onFirstToken) => {
      const longest = Math.max(...prompts.map((prompt) => model.tokenize(prompt).length));
      const pool = await poolFor(prompts.length, longest + newTokens);
      const sequences = pool.splice(0, prompts.length);
      await Promise.all(
        prompts.map((prompt, index) =>
          write(sequences[index]!, prompt, newTokens, () => onFirstToken(index)),
        ),
      );
      pool.push(...sequences);
    },
    close: () => llama.dispose(),
  };
}

async function createSequences(model: LlamaModel, index: number): Promise<LlamaContextSequence[]> {
  const { sequences, length } = CONTEXTS[index]!;
  const context = await model.createContext({
    sequences,
    contextSize: length,
    batchSize: 512,
    threads: THREADS,
  });
  return Array.from({ length: sequences }, () => context.getSequence());
}
