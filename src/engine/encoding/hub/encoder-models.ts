import { type CatalogueEntry, findModel } from "../../models/catalogue.ts";
import type { Encoders } from "../encoders.ts";
import { embeddedMaskedModel, MASKED_MODEL, type MaskedModel } from "../masked-model.ts";
import { SENTENCE_MODEL } from "../sentence-embeddings.ts";
import { embeddedSentenceModel, type SentenceModel } from "../sentence-model.ts";
import { checkKind, type HubEncoder, openHubEncoder } from "./hub-encoder.ts";

/** Encoders by model id: those that come with Cloze, and those of the Hub. */
export interface EncoderModels {
  masked(id: string | undefined): MaskedModel;
  sentence(id: string | undefined): SentenceModel;
  close(graceMs: number): Promise<void>;
}

export interface EncoderModelsOptions {
  readonly catalogue: () => readonly CatalogueEntry[];
  readonly encoders: () => Encoders;
  readonly threads: number;
}

/** Workers start with the first call. Asking throws "unknown-model", "wrong-family" or "wrong-kind". */
export function createEncoderModels({ catalogue, encoders, threads }: EncoderModelsOptions): EncoderModels {
  const opened = new Map<string, HubEncoder>();
  const hubEncoder = (entry: CatalogueEntry): HubEncoder => {
    // A model that was added again, in another quantisation say, is another one.
    const key = `${entry.description.id} ${entry.restore}`;
    const known = opened.get(key) ?? openHubEncoder(entry, threads);
    opened.set(key, known);
    return known;
  };
  return {
    masked: (id = MASKED_MODEL) => {
      if (id === MASKED_MODEL) return embeddedMaskedModel(encoders());
      const entry = findModel(catalogue(), id, "encoder-only");
      checkKind(entry, "masked");
      return hubEncoder(entry).masked;
    },
    sentence: (id = SENTENCE_MODEL) => {
      if (id === SENTENCE_MODEL) return embeddedSentenceModel(encoders());
      const entry = findModel(catalogue(), id, "encoder-only");
      checkKind(entry, "sentence-encoder");
      return hubEncoder(entry).sentence;
    },
    close: async (graceMs) =>
      void (await Promise.all([...opened.values()].map((each) => each.close(graceMs)))),
  };
}
