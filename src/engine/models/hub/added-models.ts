import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { EngineError } from "../../errors.ts";
import type { CatalogueEntry } from "../catalogue.ts";
import { manifestModel } from "../manifest.ts";

const addedModel = z.object({
  description: manifestModel.omit({ files: true, recipe: true, directory: true }),
  directory: z.string().min(1),
  files: manifestModel.shape.files,
  layout: z.enum(["cloze", "transformers.js"]),
  restore: z.string(),
  /** The Hub's commit, or where a converted checkpoint came from. */
  revision: z.string(),
  dtype: z.string(),
});

/** A model that was added to those of the repository: from the Hub, or converted. */
export interface AddedModel extends CatalogueEntry {
  readonly revision: string;
  readonly dtype: string;
}

/**
 * The models that were added, in the order of adding; none when the file is missing.
 * @throws {EngineError} "added-models-unreadable"
 */
export function readAddedModels(path: string): readonly AddedModel[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    return z.object({ models: z.array(addedModel) }).parse(JSON.parse(text)).models;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new EngineError(
      "added-models-unreadable",
      `The list of added models, ${path}, can't be read: ${reason}. Delete it and add the models again; downloaded files stay in the cache.`,
      { path },
      cause,
    );
  }
}

/** Puts a model into the list; one with the same id is replaced. */
export function recordModel(path: string, model: AddedModel): void {
  write(path, [
    ...readAddedModels(path).filter(({ description }) => description.id !== model.description.id),
    model,
  ]);
}

/** Takes a model out of the list. @returns It, or undefined when it was not there. */
export function forgetModel(path: string, id: string): AddedModel | undefined {
  const models = readAddedModels(path);
  const found = models.find(({ description }) => description.id === id);
  if (found)
    write(
      path,
      models.filter((model) => model !== found),
    );
  return found;
}

function write(path: string, models: readonly AddedModel[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  writeFileSync(partial, `${JSON.stringify({ models }, undefined, 2)}\n`);
  renameSync(partial, path);
}
