import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { EngineError } from "../errors.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { graphOf } from "../models/hub/graph-files.ts";
import { readExportedFacts, readTransformersConfig } from "../models/hub/hub-config.ts";
import { checkFileSizes } from "../models/model-files.ts";
import type { SessionOptions } from "../runtime/decoder-graph.ts";
import { loadExportedTransducer } from "./exported-transduction-graph.ts";
import { loadTransductionGraph } from "./own-transduction-graph.ts";
import { readTransducerConfig, type TransducerConfig } from "./transducer-config.ts";
import type { TransductionGraph } from "./transduction-graph.ts";

/** An encoder–decoder, ready to run, and how its texts become tokens and back. */
export interface OpenTransducer {
  readonly graph: TransductionGraph;
  /** @throws {EngineError} "input-unreadable", "input-too-long" */
  encodeInput(input: string): number[];
  inputToken(id: number): string;
  outputToken(id: number): string;
  /** The whole text of output tokens, special ones left out. */
  outputText(ids: readonly number[]): string;
  /** Which attention the graph tells. */
  readonly attention?: string;
}

/**
 * Loads an encoder–decoder of either layout.
 * @throws {EngineError} "model-file-missing", "model-file-changed", "model-config", "model-layout", "model-load"
 */
export async function openTransducer(
  entry: CatalogueEntry,
  options: SessionOptions,
): Promise<OpenTransducer> {
  checkFileSizes(entry);
  return entry.layout === "transformers.js" ? openExported(entry, options) : openOwn(entry, options);
}

async function openOwn({ directory }: CatalogueEntry, options: SessionOptions): Promise<OpenTransducer> {
  const config = readTransducerConfig(directory);
  return {
    graph: await loadTransductionGraph(directory, config, options),
    encodeInput: (input) => encodeLetters(input, config),
    inputToken: (id) => config.input[id] as string,
    outputToken: (id) => config.output[id] as string,
    outputText: (ids) => ids.map((id) => config.output[id]).join(" "),
    attention: `layer ${config.alignmentLayer + 1} of ${config.layers}, mean of ${config.heads} heads`,
  };
}

async function openExported(entry: CatalogueEntry, options: SessionOptions): Promise<OpenTransducer> {
  const { directory, description } = entry;
  const facts = readExportedFacts(directory);
  const { decoder_start_token_id: start, pad_token_id: pad } = readTransformersConfig(directory);
  const graph = await loadExportedTransducer(
    {
      encoderPath: join(directory, graphOf(entry, "encoder")),
      decoderPath: join(directory, graphOf(entry, "decoder")),
      facts,
      // Absent in old configurations of T5, which start with the padding token.
      startTokenId: start ?? pad ?? 0,
    },
    options,
  );
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(directory, "tokenizer.json"), "utf8")), {});
  const token = (id: number) => tokenizer.id_to_token(id) ?? `[${id}]`;
  return {
    graph,
    encodeInput: (input) => {
      const { ids } = tokenizer.encode(input);
      if (input.trim() === "") {
        throw new EngineError(
          "input-unreadable",
          `The input is empty. Give ${description.id} a text to read.`,
        );
      }
      checkLength(ids.length, facts.contextLength, "tokens");
      return ids;
    },
    inputToken: token,
    outputToken: token,
    outputText: (ids) => tokenizer.decode([...ids], { skip_special_tokens: true }),
  };
}

function encodeLetters(input: string, config: TransducerConfig): number[] {
  const letters = [...input];
  const ids = letters.map((letter) => config.input.indexOf(letter));
  const unknown = [...new Set(letters.filter((_, index) => ids[index] === -1))];
  if (letters.length === 0 || unknown.length > 0) {
    const known = config.input.filter((letter) => letter.length === 1).join("");
    const came = letters.length === 0 ? "The input is empty" : `The model can't read ${unknown.join(" ")}`;
    throw new EngineError("input-unreadable", `${came}; it reads the characters ${known}.`, { unknown });
  }
  checkLength(letters.length, config.maxInput, "characters");
  return [...ids, config.input.indexOf("</s>")];
}

function checkLength(length: number, maxInput: number, unit: string): void {
  if (length <= maxInput) return;
  throw new EngineError(
    "input-too-long",
    `The input has ${length} ${unit}; this model reads at most ${maxInput}. Shorten it.`,
    { length, maxInput },
  );
}
