import { fileURLToPath } from "node:url";
import { env, pipeline } from "@huggingface/transformers";
import type { EmbeddingContender } from "../encoders.ts";

/** Texts a call: alone they are slow, all at once they are padded to the longest. */
const BATCH = 64;

/** Reads `usual/minilm`, made by `make_usual_layout.py`. */
export async function open(dtype: "fp32" | "q8"): Promise<EmbeddingContender> {
  env.allowRemoteModels = false;
  env.localModelPath = fileURLToPath(new URL("../usual/", import.meta.url));
  const extract = await pipeline("feature-extraction", "minilm", {
    dtype,
    device: "cpu",
    session_options: { intraOpNumThreads: 2 },
  });
  return {
    name: `transformers.js ${dtype}`,
    embed: async (texts) => {
      for (let start = 0; start < texts.length; start += BATCH) {
        await extract(texts.slice(start, start + BATCH) as string[], { pooling: "mean", normalize: true });
      }
    },
    close: () => extract.dispose(),
  };
}
