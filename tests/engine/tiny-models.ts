import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TINY = fileURLToPath(new URL("../golden/tiny-llama", import.meta.url));

/** A models directory of its own, with the tiny random-weight model (2 layers, 259 byte tokens, context 256). */
export function createTinyModelsDir(): { readonly modelsDir: string; readonly remove: () => void } {
  const modelsDir = mkdtempSync(join(tmpdir(), "cloze-models-"));
  const folder = join(modelsDir, "tiny-llama");
  cpSync(TINY, folder, { recursive: true, filter: (path) => !path.endsWith("checkpoint") });
  const files = readdirSync(folder).map((path) => {
    const contents = readFileSync(join(folder, path));
    return { path, bytes: contents.length, sha256: createHash("sha256").update(contents).digest("hex") };
  });
  const model = {
    id: "tiny-llama",
    name: "Tiny Llama",
    family: "decoder-only",
    kind: "base",
    parameters: 90_000,
    contextLength: 256,
    licence: "Apache-2.0",
    source: "random weights",
    trainingDataReleased: true,
    purpose: "Tests the engine.",
    recipe: "models/build/decoder/tiny_llama.py",
    files,
  };
  writeFileSync(join(modelsDir, "manifest.json"), JSON.stringify({ models: [model] }));
  return { modelsDir, remove: () => rmSync(modelsDir, { recursive: true }) };
}
