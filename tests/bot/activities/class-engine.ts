import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { createTinyModelsDir } from "../../engine/tiny-models.ts";

const MODELS = fileURLToPath(new URL("../../../models", import.meta.url));
/** Small enough to be the real ones. */
const SMALL = ["cmudict-pronouncer", "lstm-reader"];

/** The real encoders, pronouncer and LSTM beside the tiny language model, which writes bytes that mean nothing in no time. */
export function classEngine(): {
  readonly engine: Engine;
  readonly modelsDir: string;
  readonly close: () => Promise<void>;
} {
  const tiny = createTinyModelsDir();
  for (const folder of ["minilm-l6-v2", ...SMALL])
    symlinkSync(join(MODELS, folder), join(tiny.modelsDir, folder));
  const manifest = join(tiny.modelsDir, "manifest.json");
  const { models } = JSON.parse(readFileSync(manifest, "utf8"));
  const all = JSON.parse(readFileSync(join(MODELS, "manifest.json"), "utf8")).models as { id: string }[];
  writeFileSync(
    manifest,
    JSON.stringify({ models: [...models, ...all.filter(({ id }) => SMALL.includes(id))] }),
  );
  const engine = createEngine({ modelsDir: tiny.modelsDir, threads: 1 });
  return {
    engine,
    modelsDir: tiny.modelsDir,
    async close() {
      await engine.close();
      tiny.remove();
    },
  };
}
