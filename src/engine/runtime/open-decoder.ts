import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { readDecoderConfig } from "../models/decoder-config.ts";
import { graphOf } from "../models/hub/graph-files.ts";
import { readChatTemplate, readExportedFacts } from "../models/hub/hub-config.ts";
import { checkFileSizes } from "../models/model-files.ts";
import { readTokenizer, type TextTokenizer } from "../models/text-tokenizer.ts";
import { type DecoderGraph, loadDecoderGraph, type SessionOptions } from "./decoder-graph.ts";
import { loadExportedGraph } from "./exported-graph.ts";

/** A decoder-only model, ready to run. */
export interface OpenDecoder {
  readonly graph: DecoderGraph;
  readonly tokenizer: TextTokenizer;
  /** In Jinja; absent: the model was not tuned for chat. */
  readonly chatTemplate: string | undefined;
}

/**
 * Loads a decoder-only model of either layout.
 * @throws {EngineError} "model-file-missing", "model-file-changed", "model-config", "model-layout", "model-load",
 *   "tokenizer-unsupported"
 */
export async function openDecoder(entry: CatalogueEntry, options: SessionOptions): Promise<OpenDecoder> {
  checkFileSizes(entry);
  const { directory } = entry;
  if (entry.layout === "transformers.js") {
    const tokenizer = readTokenizer(join(directory, "tokenizer.json"));
    const path = join(directory, graphOf(entry, "decoder"));
    const graph = await loadExportedGraph(path, readExportedFacts(directory), options);
    return { graph, tokenizer, chatTemplate: readChatTemplate(directory) };
  }
  const config = readDecoderConfig(directory);
  const { chatTemplate } = config.files;
  return {
    tokenizer: readTokenizer(join(directory, config.files.tokenizer)),
    graph: await loadDecoderGraph(directory, config, options),
    chatTemplate: chatTemplate == null ? undefined : readFileSync(join(directory, chatTemplate), "utf8"),
  };
}
