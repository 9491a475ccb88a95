import type { Continuation, Decoder, DecoderStep, FinishReason, ModelRows } from "../decoder.ts";
import { type ProcessedRow, processRow } from "../process-row.ts";
import { normaliser, positionsAtLeast, tokenIdAt } from "../processors/candidates.ts";
import { createProcessorChain } from "../processors/chain.ts";
import { kthLargest } from "../processors/selection.ts";
import type { GenerationSettings } from "../settings.ts";
import { createStoppingCriteria, type DecoderContext } from "../stopping.ts";
import type { ContrastiveCandidate, TraceChoice, TraceRow, TraceStep } from "../trace.ts";
import { traceChoice, traceRow } from "../trace-row.ts";

interface Candidate {
  readonly tokenId: number;
  /** After the processors. */
  readonly probability: number;
  readonly modelLogProb: number;
  readonly choice?: TraceChoice;
}

/**
 * Contrastive search: of the `topK` likeliest tokens takes the one with the largest
 * (1 − alpha) · probability − alpha · (largest cosine similarity between its last hidden state and that of any
 * token before it, the prompt's included). The candidates run as rows of one step, so a text of n tokens takes
 * n + 1 steps.
 *
 * Source: Su et al. 2022, arXiv:2202.06417; as in transformers up to 4.55.
 */
export function createContrastiveDecoder(settings: GenerationSettings, context: DecoderContext): Decoder {
  const { topK, penaltyAlpha } = settings;
  const chain = createProcessorChain(settings, context.eosTokenIds, context.wordListMask);
  const stopping = createStoppingCriteria(settings, context);
  const promptLength = context.promptIds.length;
  const tokenIds = [...context.promptIds];
  const tokenLogProbs: number[] = [];
  let past: HiddenPast | undefined;
  let candidates: readonly Candidate[] = [];
  let candidateRow: TraceRow | undefined;
  let finishReason: FinishReason | undefined;
  let trace: TraceStep[] = [];

  /** The likeliest tokens after the text so far; each becomes a row of the next step. */
  function propose({ logits, summaries }: ModelRows, parent: number): DecoderStep {
    const step = tokenIds.length - promptLength;
    const history = { tokenIds, promptLength };
    const row = processRow(logits[parent] as Float32Array, chain, {
      history,
      step,
      asLogProbs: false,
      summary: summaries?.[parent],
      snapshots: settings.trace,
    });
    candidates = likeliestCandidates(row, topK, settings.trace);
    if (settings.trace) {
      const alsoList = candidates.map(({ tokenId }) => tokenId);
      candidateRow = traceRow(row, { row: 0, choices: [], topTokens: settings.traceTopTokens, alsoList });
    }
    return { kind: "continue", rows: candidates.map(({ tokenId }): Continuation => ({ parent, tokenId })) };
  }

  /** Weighs the proposed tokens by their hidden states and takes the best. @returns its row. */
  function choose(hidden: readonly Float32Array[], soFar: HiddenPast): number {
    const weighed = candidates.map(({ tokenId, probability }, i) => {
      const similarity = soFar.largestSimilarity(hidden[i] as Float32Array);
      const score = (1 - penaltyAlpha) * probability - penaltyAlpha * similarity;
      return { tokenId, probability, similarity, score };
    });
    const bestScore = weighed.reduce((best, { score }) => Math.max(best, score), -Infinity);
    const chosen = weighed.findIndex(({ score }) => score === bestScore);
    const { tokenId, modelLogProb, choice } = candidates[chosen] as Candidate;
    if (settings.trace && candidateRow && choice) {
      const contrastive = weighed.map(
        (entry, i): ContrastiveCandidate => ({ ...entry, isChosen: i === chosen }),
      );
      const rows = [{ ...candidateRow, choices: [choice] }];
      trace.push({ step: tokenIds.length - promptLength, rows, contrastive });
    }
    tokenIds.push(tokenId);
    tokenLogProbs.push(modelLogProb);
    finishReason = stopping.reasonToStop(tokenIds);
    soFar.add(hidden[chosen] as Float32Array);
    return chosen;
  }

  return {
    needsHiddenStates: true,
    step(model: ModelRows): DecoderStep {
      const { logits, hidden, promptHidden } = model;
      const expected = past ? candidates.length : 1;
      if (logits.length !== expected)
        throw new Error(`contrastive search got ${logits.length} rows, not ${expected}`);
      stopping.beginStep();
      if (!past) {
        if (!promptHidden) throw new Error("contrastive search needs promptHidden at its first step");
        past = createHiddenPast(promptHidden, promptLength, settings.maxNewTokens);
        return propose(model, 0);
      }
      if (!hidden) throw new Error("contrastive search needs the hidden state of every row");
      const chosen = choose(hidden, past);
      return finishReason ? { kind: "done" } : propose(model, chosen);
    },
    sequences: () => [
      {
        tokenIds: tokenIds.slice(promptLength),
        tokenLogProbs: [...tokenLogProbs],
        logProb: tokenLogProbs.reduce((sum, logProb) => sum + logProb, 0),
        ...(finishReason && { finishReason }),
      },
    ],
    takeTrace() {
      const taken = trace;
      trace = [];
      return taken;
    },
  };
}

/** Likeliest first; fewer than `limit` when fewer are possible. */
function likeliestCandidates(row: ProcessedRow, limit: number, withTrace: boolean): Candidate[] {
  const { scores, count } = row.candidates;
  const threshold = count <= limit ? -Infinity : kthLargest(row.candidates, limit);
  const positions = positionsAtLeast(row.candidates, threshold);
  positions.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const total = normaliser(row.candidates);
  return positions.slice(0, limit).map((position) => {
    const tokenId = tokenIdAt(row.candidates, position);
    return {
      tokenId,
      probability: Math.exp((scores[position] as number) - total),
      modelLogProb: (row.modelLogits[tokenId] as number) - row.modelLogSumExp,
      ...(withTrace && { choice: traceChoice(row, 0, position) }),
    };
  });
}

/** Hidden states of all tokens so far, as unit vectors. */
interface HiddenPast {
  add(hidden: Float32Array): void;
  /** Largest cosine similarity of a state, shape [hiddenSize], to those so far: from −1 to 1. */
  largestSimilarity(hidden: Float32Array): number;
}

function createHiddenPast(
  promptHidden: Float32Array,
  promptLength: number,
  maxNewTokens: number,
): HiddenPast {
  const size = promptHidden.length / promptLength;
  // Grows as the text does: a large maxNewTokens is often not reached.
  let units = new Float32Array(size * (promptLength + Math.min(maxNewTokens, 64)));
  let length = 0;
  const past: HiddenPast = {
    add(hidden) {
      if ((length + 1) * size > units.length) {
        const larger = new Float32Array(units.length * 2);
        larger.set(units);
        units = larger;
      }
      const norm = Math.sqrt(dot(hidden, 0, hidden, size));
      for (let i = 0; i < size; i++) units[length * size + i] = (hidden[i] as number) / norm;
      length++;
    },
    largestSimilarity(hidden) {
      const norm = Math.sqrt(dot(hidden, 0, hidden, size));
      let largest = -Infinity;
      for (let token = 0; token < length; token++) {
        largest = Math.max(largest, dot(units, token * size, hidden, size));
      }
      return largest / norm;
    },
  };
  for (let token = 0; token < promptLength; token++) {
    past.add(promptHidden.subarray(token * size, (token + 1) * size));
  }
  return past;
}

function dot(a: Float32Array, offset: number, b: Float32Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (a[offset + i] as number) * (b[i] as number);
  return sum;
}
