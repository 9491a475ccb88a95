import type { CatalogueEntry } from "../../models/catalogue.ts";
import type { EncoderCalls } from "../encoder-protocol.ts";
import type { PoolingMode } from "./pooling.ts";

/** What the worker of an encoder of the Hub is started with. */
export interface HubEncoderData {
  readonly entry: CatalogueEntry;
  readonly threads: number;
  readonly pooling: PoolingMode;
}

/** What it can be asked. */
export type HubEncoderCalls = {
  /** One vector of length 1 for each sequence of tokens, special tokens included. */
  vectors: { request: readonly (readonly number[])[]; response: Float32Array[]; event: never };
  maskLogits: EncoderCalls["maskLogits"];
};
