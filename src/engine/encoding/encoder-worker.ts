/** The worker process that holds the encoders' sessions; see encoder-protocol.ts for what it answers. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { EngineError } from "../errors.ts";
import { serveCalls, workerData } from "../runtime/serve-calls.ts";
import { batchByLength } from "./batch-by-length.ts";
import {
  type EncoderCalls,
  type EncoderWorkerData,
  GRAPHS,
  HIDDEN_SIZE,
  VOCABULARY_SIZE,
  type WordInText,
} from "./encoder-protocol.ts";
import { openStaticVectors } from "./static-table.ts";
import {
  ALIGNMENT_SIZE,
  alignTokens,
  type ContentTokens,
  contentTokens,
  stopPieces,
} from "./token-alignment.ts";
import { readWordPieceTokenizer } from "./word-piece-tokenizer.ts";

const { directory, threads } = workerData<EncoderWorkerData>();
const tokenizer = readWordPieceTokenizer(join(directory, "tokenizer.json"));
const stop = stopPieces(tokenizer.idOf);
const sessions = new Map<string, Promise<ort.InferenceSession>>();
const table = openStaticVectors(directory, tokenizer.wholeWords);

/** One run at a time, in the order of arrival, so that long requests and short ones take turns batch by batch. */
let turn: Promise<unknown> = Promise.resolve();

function session(graph: string): Promise<ort.InferenceSession> {
  let opened = sessions.get(graph);
  if (!opened) {
    opened = openSession(graph);
    sessions.set(graph, opened);
  }
  return opened;
}

async function openSession(graph: string): Promise<ort.InferenceSession> {
  const path = join(directory, graph);
  if (!existsSync(path)) {
    throw new EngineError(
      "encoder-file-missing",
      `The encoder file ${path} is missing. Restore it with git.`,
      { path },
    );
  }
  return ort.InferenceSession.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

async function run(
  graph: string,
  feeds: Record<string, ort.Tensor>,
  outputs: string[],
): Promise<Float32Array[]> {
  const model = await session(graph);
  const mine = turn.then(() => model.run(feeds, outputs));
  turn = mine.catch(() => undefined);
  const results = await mine;
  return outputs.map((name) => results[name]!.data as Float32Array);
}

/** input_ids and attention_mask of sequences padded to `width`, each [rows, width]. */
function textFeeds(rows: readonly (readonly number[])[], width: number): Record<string, ort.Tensor> {
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach((row, i) => {
    row.forEach((id, j) => {
      ids[i * width + j] = BigInt(id);
      mask[i * width + j] = 1n;
    });
  });
  const shape = [rows.length, width];
  return {
    input_ids: new ort.Tensor("int64", ids, shape),
    attention_mask: new ort.Tensor("int64", mask, shape),
  };
}

async function sentences(texts: readonly string[]): Promise<Float32Array> {
  const rows = texts.map((text) => tokenizer.wrap(tokenizer.encode(text), text));
  const vectors = new Float32Array(rows.length * HIDDEN_SIZE);
  for (const { members, width } of batchByLength(rows.map((row) => row.length))) {
    const feeds = textFeeds(
      members.map((i) => rows[i]!),
      width,
    );
    const [found] = await run(GRAPHS.sentence, feeds, ["sentence_embedding"]);
    members.forEach((i, k) => {
      vectors.set(found!.subarray(k * HIDDEN_SIZE, (k + 1) * HIDDEN_SIZE), i * HIDDEN_SIZE);
    });
  }
  return vectors;
}

async function alignments({ texts, pairs }: EncoderCalls["alignments"]["request"]): Promise<Float32Array> {
  const rows = texts.map((text) => tokenizer.wrap(tokenizer.encode(text), text));
  const tokens: ContentTokens[] = [];
  const result = new Float32Array(rows.length * HIDDEN_SIZE + pairs.length * ALIGNMENT_SIZE);
  for (const { members, width } of batchByLength(rows.map((row) => row.length))) {
    const feeds = textFeeds(
      members.map((i) => rows[i]!),
      width,
    );
    const [vectors, states] = await run(GRAPHS.sentence, feeds, ["sentence_embedding", "last_hidden_state"]);
    members.forEach((i, k) => {
      result.set(vectors!.subarray(k * HIDDEN_SIZE, (k + 1) * HIDDEN_SIZE), i * HIDDEN_SIZE);
      tokens[i] = contentTokens(rows[i]!, states!.subarray(k * width * HIDDEN_SIZE), stop);
    });
  }
  const known = rows.map((row) => new Set(row));
  pairs.forEach((pair, i) => {
    const numbers = alignTokens(tokens[pair.of]!, tokens[pair.by]!, known[pair.known]!);
    result.set(numbers, rows.length * HIDDEN_SIZE + i * ALIGNMENT_SIZE);
  });
  return result;
}

interface MarkedSequence {
  readonly ids: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The text's pieces with the word's place in them; the word itself, or one [MASK] in its place. */
function markedSequence({ left, word, right }: WordInText, masked: boolean): MarkedSequence {
  const before = tokenizer.encode(left);
  const own = tokenizer.encode(word);
  if (own.length === 0) {
    throw new EngineError("word-not-found", `The marked word "${word}" has no letters or digits.`, {
      word,
    });
  }
  const middle = masked ? [tokenizer.maskId] : own;
  const pieces = [...before, ...middle, ...tokenizer.encode(right)];
  const start = 1 + before.length;
  return { ids: tokenizer.wrap(pieces, left + word + right), start, end: start + middle.length };
}

async function wordViews(words: readonly WordInText[]): Promise<Float32Array> {
  const marked = words.flatMap((word) => [markedSequence(word, false), markedSequence(word, true)]);
  const vectors = new Float32Array(marked.length * HIDDEN_SIZE);
  for (const { members, width } of batchByLength(marked.map(({ ids }) => ids.length))) {
    const weights = new Float32Array(members.length * width);
    members.forEach((i, k) => {
      const { start, end } = marked[i]!;
      weights.fill(1 / (end - start), k * width + start, k * width + end);
    });
    const feeds = {
      ...textFeeds(
        members.map((i) => marked[i]!.ids),
        width,
      ),
      piece_weights: new ort.Tensor("float32", weights, [members.length, width]),
    };
    const views = await run(GRAPHS.word, feeds, ["word_view", "mask_view"]);
    members.forEach((i, k) => {
      vectors.set(views[i % 2]!.subarray(k * HIDDEN_SIZE, (k + 1) * HIDDEN_SIZE), i * HIDDEN_SIZE);
    });
  }
  return vectors;
}

async function maskLogits({
  sequences,
  places,
}: EncoderCalls["maskLogits"]["request"]): Promise<Float32Array> {
  const starts: number[] = [];
  let total = 0;
  for (const list of places) {
    starts.push(total);
    total += list.length;
  }
  const logits = new Float32Array(total * VOCABULARY_SIZE);
  for (const { members, width } of batchByLength(sequences.map(({ length }) => length))) {
    const flat = members.flatMap((i, k) => places[i]!.map((place) => BigInt(k * width + place)));
    if (flat.length === 0) continue;
    const feeds = {
      ...textFeeds(
        members.map((i) => sequences[i]!),
        width,
      ),
      places: new ort.Tensor("int64", BigInt64Array.from(flat), [flat.length]),
    };
    const [found] = await run(GRAPHS.masked, feeds, ["logits"]);
    let from = 0;
    for (const i of members) {
      const size = places[i]!.length * VOCABULARY_SIZE;
      logits.set(found!.subarray(from, from + size), starts[i]! * VOCABULARY_SIZE);
      from += size;
    }
  }
  return logits;
}

serveCalls<EncoderCalls>({
  sentences,
  alignments,
  wordViews,
  maskLogits,
  staticVectors: (pieces) => table.vectors(pieces),
  nearestStatic: ({ vector, count, exclude }) => table.nearest(vector, count, exclude),
});
