import { resolve } from "node:path";
import { EngineError } from "../errors.ts";
import { type ManifestModel, type ModelFile, readManifest } from "./manifest.ts";

/** What a model is, as the catalogue tells it. */
export interface ModelDescription {
  readonly id: string;
  readonly name: string;
  readonly family: "decoder-only" | "encoder-only" | "encoder-decoder" | "recurrent";
  /** "base" is a foundation model; "instruct" was tuned to follow instructions. */
  readonly kind: "base" | "instruct" | "sentence-encoder" | "masked" | "task";
  readonly parameters: number;
  readonly contextLength: number;
  readonly licence: string;
  readonly source: string;
  /** "unknown" where the model's page does not say. */
  readonly trainingDataReleased: boolean | "unknown";
  /** What it is for, one sentence. */
  readonly purpose: string;
}

/** A model at hand: what it is, and where its files lie. */
export interface CatalogueEntry {
  readonly description: ModelDescription;
  /** Absolute path of the model's folder. */
  readonly directory: string;
  readonly files: readonly ModelFile[];
  /** "cloze" is Cloze's own, "transformers.js" that of the Hub's ONNX repositories. */
  readonly layout: "cloze" | "transformers.js";
  /** The command that brings a missing or changed file back; `{file}` in it stands for the path. */
  readonly restore: string;
}

/** Every model of the manifest in `modelsDir`, in its order. */
export function readCatalogue(modelsDir: string): readonly CatalogueEntry[] {
  const root = resolve(modelsDir);
  return readManifest(root).map((model) => {
    const folder = model.directory ?? model.id;
    return {
      description: describe(model),
      directory: resolve(root, folder),
      files: model.files,
      layout: "cloze",
      restore: `git -C "${root}" checkout -- "${folder}/{file}"`,
    };
  });
}

/**
 * The entry of a model id, or the first one of the wanted families when no id is given.
 * @throws {EngineError} "unknown-model" naming the models there are; "wrong-family" when the id names a model of
 *   another family.
 */
export function findModel<Entry extends Pick<CatalogueEntry, "description">>(
  catalogue: readonly Entry[],
  id: string | undefined,
  ...families: readonly ModelDescription["family"][]
): Entry {
  const fitting = catalogue.filter(({ description }) => families.includes(description.family));
  const family = families.join(" or ");
  const choices = fitting.map(({ description }) => description.id);
  const list =
    choices.length > 0 ? `Choose ${choices.join(" or ")}.` : `There is none of the family ${family}.`;
  const found = id === undefined ? fitting[0] : catalogue.find(({ description }) => description.id === id);
  if (!found) {
    const problem =
      id === undefined ? `A model of the family ${family} is needed.` : `There is no model "${id}".`;
    throw new EngineError("unknown-model", `${problem} ${list}`, { model: id, choices });
  }
  if (!families.includes(found.description.family)) {
    throw new EngineError(
      "wrong-family",
      `${found.description.id} is of the family ${found.description.family}; one of the family ${family} is needed. ${list}`,
      { model: id, family: found.description.family, choices },
    );
  }
  return found;
}

function describe(model: ManifestModel): ModelDescription {
  const { recipe: _recipe, files: _files, directory: _directory, ...description } = model;
  return description;
}
