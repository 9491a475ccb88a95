import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { createTinyModelsDir } from "../../engine/tiny-models.ts";

const ENCODERS = fileURLToPath(new URL("../../../models/minilm-l6-v2", import.meta.url));

/** The real encoders beside the tiny language model, which writes bytes that mean nothing in no time. */
export function classEngine(): {
  readonly engine: Engine;
  readonly modelsDir: string;
  readonly close: () => Promise<void>;
} {
  const tiny = createTinyModelsDir();
  symlinkSync(ENCODERS, join(tiny.modelsDir, "minilm-l6-v2"));
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
