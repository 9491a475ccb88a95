import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { CatalogueEntry, ModelDescription } from "../../../src/engine/models/catalogue.ts";

/** The random-weight repositories of models/build/hub/tiny_models.py, one a family. */
export const HUB_FOLDER = fileURLToPath(new URL("../../golden/hub", import.meta.url));

/** What PyTorch computes from the same weights (models/build/hub/golden.py). */
export const expected: Expected = JSON.parse(readFileSync(join(HUB_FOLDER, "expected.json"), "utf8"));

export interface Searches {
  readonly greedy: readonly number[];
  readonly beam: readonly { readonly tokenIds: readonly number[]; readonly score: number }[];
}
interface Expected {
  readonly decoders: Readonly<
    Record<
      string,
      readonly (Searches & {
        readonly prompt: string;
        readonly promptIds: readonly number[];
        readonly logits: readonly number[];
        readonly promptLogProbs: readonly number[];
      })[]
    >
  >;
  readonly masked: Readonly<
    Record<
      string,
      {
        readonly text: string;
        readonly ids: readonly number[];
        readonly place: number;
        readonly logits: readonly number[];
      }
    >
  >;
  readonly sentences: readonly { readonly text: string; readonly vector: readonly number[] }[];
  readonly transduction: readonly (Searches & {
    readonly text: string;
    readonly logits: readonly number[];
    readonly greedyText: string;
  })[];
}

/** Every file of a repository, as paths inside it. */
export function filesOf(repository: string): string[] {
  const folder = join(HUB_FOLDER, repository);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** A repository as the catalogue would list it, without any download. */
export function hubEntry(
  repository: string,
  description: Pick<ModelDescription, "family" | "kind">,
  graphs: RegExp = /onnx\/\w*(model|merged)\.onnx/,
): CatalogueEntry {
  const files = filesOf(repository).filter((path) => !path.startsWith("onnx/") || graphs.test(path));
  return {
    layout: "transformers.js",
    directory: join(HUB_FOLDER, repository),
    restore: `npx cloze models add ${repository}`,
    files: files.map((path) => {
      const contents = readFileSync(join(HUB_FOLDER, repository, path));
      return { path, bytes: contents.length, sha256: createHash("sha256").update(contents).digest("hex") };
    }),
    description: {
      id: repository,
      name: repository,
      ...description,
      parameters: 30_000,
      contextLength: 256,
      licence: "Apache-2.0",
      source: "random weights",
      trainingDataReleased: "unknown",
      purpose: "Tests the engine.",
    },
  };
}
