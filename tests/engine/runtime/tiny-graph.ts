import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DecoderConfig } from "../../../src/engine/models/decoder-config.ts";
import { readDecoderConfig } from "../../../src/engine/models/decoder-config.ts";
import { readTokenizer } from "../../../src/engine/models/text-tokenizer.ts";
import { type DecoderGraph, loadDecoderGraph } from "../../../src/engine/runtime/decoder-graph.ts";
import { bytesPerPosition } from "../../../src/engine/runtime/kv-block.ts";
import type { SchedulerLimits } from "../../../src/engine/runtime/scheduler.ts";

const FOLDER = fileURLToPath(new URL("../../golden/tiny-llama", import.meta.url));

/** The tiny random-weight model on this thread, for tests below the worker. */
export const tinyConfig: DecoderConfig = readDecoderConfig(FOLDER);
export const tinyTokenizer = readTokenizer(join(FOLDER, "tokenizer.json"));

export function loadTinyGraph(): Promise<DecoderGraph> {
  return loadDecoderGraph(FOLDER, tinyConfig, { threads: 1 });
}

export const ROOMY: SchedulerLimits = {
  maxRows: 64,
  maxQueue: 1000,
  maxKvBytes: 64 * 256 * bytesPerPosition(tinyConfig),
  maxCacheBytes: 16 * 256 * bytesPerPosition(tinyConfig),
};
