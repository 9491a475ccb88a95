import { join } from "node:path";
import { EngineError } from "../../errors.ts";
import type { CatalogueEntry } from "../../models/catalogue.ts";
import { readTransformersConfig } from "../../models/hub/hub-config.ts";
import { createWorkerHost } from "../../runtime/worker-host.ts";
import type { MaskedModel } from "../masked-model.ts";
import type { SentenceModel } from "../sentence-model.ts";
import { readWordPieceTokenizer, type WordPieceTokenizer } from "../word-piece-tokenizer.ts";
import type { HubEncoderCalls, HubEncoderData } from "./hub-encoder-protocol.ts";
import { describePooling, readPooling } from "./pooling.ts";

/** A BERT or DistilBERT of the Hub in its worker process, loaded on first use. */
export interface HubEncoder {
  readonly masked: MaskedModel;
  readonly sentence: SentenceModel;
  close(graceMs?: number): Promise<void>;
}

/** @throws {EngineError} "tokenizer-unsupported", "model-config"; the calls also "wrong-kind" and "model-load" */
export function openHubEncoder(entry: CatalogueEntry, threads: number): HubEncoder {
  const { directory, description } = entry;
  const { id } = description;
  const pooling = readPooling(directory);
  const positions = readTransformersConfig(directory).max_position_embeddings ?? description.contextLength;
  const tokenizer = readWordPieceTokenizer(
    join(directory, "tokenizer.json"),
    Math.min(positions, pooling.maxTokens ?? positions),
  );
  const data: HubEncoderData = { entry, threads, pooling: pooling.mode };
  const module = new URL("./hub-encoder-worker.ts", import.meta.url);
  const host = createWorkerHost<HubEncoderCalls>({ module, name: id, data });
  return {
    masked: {
      id,
      tokenizer,
      maskLogits: (request, signal) => host.call("maskLogits", request, { signal }),
    },
    sentence: {
      id,
      representation: describePooling(pooling.mode),
      embed: (texts, signal) =>
        host.call(
          "vectors",
          texts.map((text) => wrapped(tokenizer, text)),
          { signal },
        ),
      unknownParts: (text) => tokenizer.unknownParts(text),
    },
    close: (graceMs) => host.close(graceMs),
  };
}

function wrapped(tokenizer: WordPieceTokenizer, text: string): number[] {
  return tokenizer.wrap(tokenizer.encode(text), text);
}

/** @throws {EngineError} "wrong-kind" when a model is asked for what it was not trained for. */
export function checkKind(entry: CatalogueEntry, kind: "masked" | "sentence-encoder"): void {
  const { id, kind: own } = entry.description;
  if (own === kind) return;
  const use = { masked: "fills blanks", "sentence-encoder": "makes sentence vectors" };
  throw new EngineError(
    "wrong-kind",
    `${id} is of the kind ${own}; a model that ${use[kind]} is of the kind ${kind}. /models lists them.`,
    { model: id, kind: own, needed: kind },
  );
}
