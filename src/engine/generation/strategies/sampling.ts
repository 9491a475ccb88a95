import type {
  Continuation,
  DecodedSequence,
  Decoder,
  DecoderStep,
  FinishReason,
  ModelRows,
} from "../decoder.ts";
import { type ProcessedRow, processRow } from "../process-row.ts";
import { tokenIdAt } from "../processors/candidates.ts";
import { createProcessorChain } from "../processors/chain.ts";
import { createUniformDraw, type UniformDraw } from "../random.ts";
import { drawsRandomly, type GenerationSettings } from "../settings.ts";
import { createStoppingCriteria, type DecoderContext } from "../stopping.ts";
import type { TraceChoice, TraceRow, TraceStep } from "../trace.ts";
import { traceChoice, traceRow } from "../trace-row.ts";
import { drawCandidate, likeliest } from "./choose.ts";

interface Sequence {
  readonly index: number;
  /** Prompt and written tokens. */
  readonly tokenIds: number[];
  readonly tokenLogProbs: number[];
  logProb: number;
  finishReason: FinishReason | undefined;
  readonly draw: UniformDraw | undefined;
}

/**
 * Greedy decoding (the likeliest token each time) and multinomial sampling (tokens drawn with their
 * probability after the processors). Sampling writes `numReturnSequences` sequences side by side, each with
 * random numbers of its own; they stay in the order of their index rather than best first.
 */
export function createSamplingDecoder(settings: GenerationSettings, context: DecoderContext): Decoder {
  const chain = createProcessorChain(settings, context.eosTokenIds, context.wordListMask);
  const stopping = createStoppingCriteria(settings, context);
  const promptLength = context.promptIds.length;
  const isDrawing = drawsRandomly(settings.strategy);
  const sequences: Sequence[] = Array.from({ length: settings.numReturnSequences }, (_, index) => ({
    index,
    tokenIds: [...context.promptIds],
    tokenLogProbs: [],
    logProb: 0,
    finishReason: undefined,
    draw: isDrawing ? createUniformDraw(settings.seed, index) : undefined,
  }));
  let live = sequences;
  let stepIndex = 0;
  let trace: TraceStep[] = [];

  function open({ logits, summaries }: ModelRows, index: number, history: Sequence): ProcessedRow {
    return processRow(logits[index] as Float32Array, chain, {
      history: { tokenIds: history.tokenIds, promptLength },
      step: stepIndex,
      asLogProbs: false,
      summary: summaries?.[index],
      snapshots: settings.trace,
    });
  }

  /** Chooses from one row for each of the sequences that continue it. */
  function extend(
    row: ProcessedRow,
    continuing: readonly Sequence[],
    rowIndex: number,
    rows: TraceRow[],
  ): void {
    const choices: TraceChoice[] = [];
    for (const sequence of continuing) {
      const { candidates } = row;
      const position = sequence.draw ? drawCandidate(candidates, sequence.draw()) : likeliest(candidates);
      const tokenId = tokenIdAt(candidates, position);
      const logProb = (row.modelLogits[tokenId] as number) - row.modelLogSumExp;
      sequence.tokenIds.push(tokenId);
      sequence.tokenLogProbs.push(logProb);
      sequence.logProb += logProb;
      sequence.finishReason = stopping.reasonToStop(sequence.tokenIds);
      if (settings.trace) choices.push(traceChoice(row, sequence.index, position));
    }
    if (settings.trace)
      rows.push(traceRow(row, { row: rowIndex, choices, topTokens: settings.traceTopTokens }));
  }

  return {
    needsHiddenStates: false,
    step(model: ModelRows): DecoderStep {
      const { logits } = model;
      const expected = stepIndex === 0 ? 1 : live.length;
      if (logits.length !== expected)
        throw new Error(`step ${stepIndex} got ${logits.length} rows of logits, not ${expected}`);
      stopping.beginStep();
      const rows: TraceRow[] = [];
      if (stepIndex === 0) {
        extend(open(model, 0, live[0] as Sequence), live, 0, rows);
      } else {
        live.forEach((sequence, i) => {
          extend(open(model, i, sequence), [sequence], sequence.index, rows);
        });
      }
      if (settings.trace) trace.push({ step: stepIndex, rows });

      const continuations: Continuation[] = [];
      live.forEach((sequence, i) => {
        if (sequence.finishReason) return;
        continuations.push({ parent: stepIndex === 0 ? 0 : i, tokenId: sequence.tokenIds.at(-1) as number });
      });
      live = live.filter((sequence) => !sequence.finishReason);
      stepIndex++;
      return live.length > 0 ? { kind: "continue", rows: continuations } : { kind: "done" };
    },
    sequences: () => sequences.map((sequence) => toDecoded(sequence, promptLength)),
    takeTrace() {
      const taken = trace;
      trace = [];
      return taken;
    },
  };
}

function toDecoded(sequence: Sequence, promptLength: number): DecodedSequence {
  return {
    tokenIds: sequence.tokenIds.slice(promptLength),
    tokenLogProbs: [...sequence.tokenLogProbs],
    logProb: sequence.logProb,
    ...(sequence.finishReason && { finishReason: sequence.finishReason }),
  };
}
