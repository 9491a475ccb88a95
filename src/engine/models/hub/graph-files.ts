import { EngineError } from "../../errors.ts";
import type { CatalogueEntry } from "../catalogue.ts";

/** Which graph of a repository does what; the first name that is there counts. */
export const GRAPH_NAMES = {
  /** Writes, token by token. */
  decoder: ["decoder_model_merged", "model"],
  /** Reads a text whole. */
  encoder: ["encoder_model", "model"],
} as const;

export type GraphRole = keyof typeof GRAPH_NAMES;

/**
 * The graph of a downloaded model for one role, as a path inside its folder.
 * @throws {EngineError} "model-layout"
 */
export function graphOf({ files, description }: CatalogueEntry, role: GraphRole): string {
  const graphs = files.filter(({ path }) => path.endsWith(".onnx"));
  for (const name of GRAPH_NAMES[role]) {
    const found = graphs.find(({ path }) => new RegExp(`(^|/)${name}(_[a-z0-9]+)?\\.onnx$`).test(path));
    if (found) return found.path;
  }
  throw new EngineError(
    "model-layout",
    `${description.id} has no ${role} graph (${GRAPH_NAMES[role].join(" or ")}.onnx). Add it again with: npx cloze models add ${description.id}`,
    { model: description.id, files: graphs.map(({ path }) => path) },
  );
}
