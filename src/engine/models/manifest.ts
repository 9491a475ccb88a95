import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../errors.ts";

const modelFile = z.object({
  /** Inside the model's own folder. */
  path: z.string().min(1),
  bytes: z.int().nonnegative(),
  /** Lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ModelFile = z.infer<typeof modelFile>;

export const manifestModel = z.object({
  /** Also the name of the model's folder. */
  id: z.string().min(1),
  name: z.string().min(1),
  family: z.enum(["decoder-only", "encoder-only", "encoder-decoder", "recurrent"]),
  kind: z.enum(["base", "instruct", "sentence-encoder", "masked", "task"]),
  parameters: z.int().positive(),
  contextLength: z.int().positive(),
  licence: z.string().min(1),
  source: z.string().min(1),
  trainingDataReleased: z.union([z.boolean(), z.literal("unknown")]),
  purpose: z.string().min(1),
  recipe: z.string().min(1),
  /** The folder inside the models directory, where several models share files; absent: the model's id. */
  directory: z.string().min(1).optional(),
  files: z.array(modelFile).min(1),
});
export type ManifestModel = z.infer<typeof manifestModel>;

const manifest = z.object({ models: z.array(manifestModel) });

/**
 * Reads `manifest.json` of a models directory: what each model is, and each of its files with size and hash.
 * @throws {EngineError} "manifest-unreadable" when the file is missing or does not have the expected form.
 */
export function readManifest(modelsDir: string): readonly ManifestModel[] {
  const path = join(modelsDir, "manifest.json");
  try {
    return manifest.parse(JSON.parse(readFileSync(path, "utf8"))).models;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new EngineError(
      "manifest-unreadable",
      `The list of models, ${path}, can't be read: ${reason}. Restore it with: git -C "${modelsDir}" checkout -- manifest.json`,
      { path },
      cause,
    );
  }
}
