import { createDecoder } from "../generation/create-decoder.ts";
import type { DecodedSequence, Decoder, FinishReason } from "../generation/decoder.ts";
import { refuseSetting } from "../generation/errors.ts";
import type { LogitsProcessor } from "../generation/processors/processor.ts";
import { type GenerationSettings, usesBeams } from "../generation/settings.ts";
import { KvBlock } from "../runtime/kv-block.ts";
import type { EncodedInput, TransductionGraph } from "./transduction-graph.ts";

/** One sequence that the decoder wrote for an input. */
export interface WrittenSequence {
  /** The end of the sequence is the last one where it was reached. */
  readonly tokenIds: readonly number[];
  readonly tokenLogProbs: readonly number[];
  readonly logProb: number;
  readonly score?: number;
  readonly finishReason: FinishReason;
  /** One row for each token, one column for each input token; absent when the graph does not tell. */
  readonly attention?: readonly (readonly number[])[];
}

export interface TransduceOptions {
  readonly settings: GenerationSettings;
  readonly decodeText: (tokenIds: readonly number[]) => string;
  readonly signal: AbortSignal;
  /** Milliseconds from any fixed start. */
  readonly now: () => number;
  /** Needed when the settings have a word list. */
  readonly wordListMask?: LogitsProcessor;
  /** The input has been read. */
  readonly onEncoded?: () => void;
}

/**
 * Reads an input with the encoder, once, and writes with the same decoders as every other model.
 * @returns The sequences, best first.
 * @throws {DecodingOptionError} for settings that can't be used with this kind of model
 * @throws the reason of `signal` when it aborts, at the next step
 */
export async function transduce(
  graph: TransductionGraph,
  inputIds: readonly number[],
  { settings, decodeText, signal, now, wordListMask, onEncoded }: TransduceOptions,
): Promise<readonly WrittenSequence[]> {
  const { facts } = graph;
  const decoder = createDecoder(limited(settings, facts.maxOutput), {
    promptIds: [facts.startTokenId],
    vocabSize: facts.vocabSize,
    eosTokenIds: facts.eosTokenIds,
    decodeText,
    now,
    ...(wordListMask && { wordListMask }),
  });
  const encoded = await graph.encode(inputIds);
  onEncoded?.();
  await write(graph, encoded, decoder, settings, signal);
  const written: WrittenSequence[] = [];
  for (const sequence of decoder.sequences()) {
    written.push({
      ...finished(sequence),
      ...(graph.attention ? { attention: await attentionOf(graph, encoded, sequence.tokenIds) } : {}),
    });
  }
  return written;
}

function limited(settings: GenerationSettings, maxOutput: number): GenerationSettings {
  if (settings.strategy === "contrastive") {
    refuseSetting(
      "strategy",
      settings.strategy,
      "another one for an encoder–decoder",
      "Choose greedy, sample or beam.",
    );
  }
  return { ...settings, maxNewTokens: Math.min(settings.maxNewTokens, maxOutput) };
}

/** Steps the decoder until it is done. Two blocks take turns, since children are copied from their parents. */
async function write(
  graph: TransductionGraph,
  encoded: EncodedInput,
  decoder: Decoder,
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<void> {
  const { facts } = graph;
  const mostRows = usesBeams(settings.strategy) ? settings.numBeams : settings.numReturnSequences;
  const capacity = mostRows * (facts.maxOutput + 1);
  let block = new KvBlock(facts, capacity);
  let other = new KvBlock(facts, capacity);
  block.resize(1, 0, []);
  let tokenIds: readonly number[] = [facts.startTokenId];
  for (let time = 0; ; time++) {
    signal.throwIfAborted();
    const rows = tokenIds.length;
    const { logits, newKeyValue } = await graph.forward({ tokenIds, rows, past: block, encoded });
    const places = Array<number>(rows).fill(time);
    block.resize(rows, time + 1, places);
    block.append(newKeyValue, 1, places);
    const size = facts.vocabSize;
    const step = decoder.step({
      logits: places.map((_, row) => logits.subarray(row * size, (row + 1) * size)),
    });
    if (step.kind === "done") return;
    other.resize(step.rows.length, time + 1, []);
    for (const [row, { parent }] of step.rows.entries()) other.copyRow(block, parent, row, 0, time + 1);
    tokenIds = step.rows.map(({ tokenId }) => tokenId);
    [block, other] = [other, block];
  }
}

function finished(sequence: DecodedSequence): Omit<WrittenSequence, "attention"> {
  const { tokenIds, tokenLogProbs, logProb, score, finishReason = "max-new-tokens" } = sequence;
  return {
    tokenIds: [...tokenIds],
    tokenLogProbs: [...tokenLogProbs],
    logProb,
    ...(score === undefined ? {} : { score }),
    finishReason,
  };
}

/** Reads a finished sequence once more, all of it at once. */
async function attentionOf(
  graph: TransductionGraph,
  encoded: EncodedInput,
  written: readonly number[],
): Promise<readonly (readonly number[])[]> {
  if (written.length === 0 || !graph.attention) return [];
  const past = new KvBlock(graph.facts, 0);
  past.resize(1, 0, []);
  const tokenIds = [graph.facts.startTokenId, ...written.slice(0, -1)];
  const weights = await graph.attention({ tokenIds, rows: 1, past, encoded });
  return written.map((_, row) => [...weights.subarray(row * encoded.length, (row + 1) * encoded.length)]);
}
