import type {
  Continuation,
  DecodedSequence,
  Decoder,
  DecoderStep,
  LogitsSummary,
  ModelRows,
} from "../decoder.ts";
import { NoTokenLeftError } from "../errors.ts";
import { type ProcessedRow, processRow } from "../process-row.ts";
import { createProcessorChain, type ProcessorChain } from "../processors/chain.ts";
import { diversityPenalty } from "../processors/diversity-penalty.ts";
import { createUniformDraw } from "../random.ts";
import type { GenerationSettings } from "../settings.ts";
import { createStoppingCriteria, type DecoderContext } from "../stopping.ts";
import type { BeamFateUpdate, BeamNode, TraceRow, TraceStep } from "../trace.ts";
import { traceRow } from "../trace-row.ts";
import { type Beam, beamScore, type Extension, toDecodedBeam } from "./beam.ts";
import { type BeamRow, bestCandidates, continuationsOf, drawnCandidates } from "./beam-candidates.ts";
import { type BeamGroup, beamSearchRule, diverseGroupRule } from "./beam-rules.ts";
import { traceGroup } from "./beam-trace.ts";

/**
 * Beam search, beam sampling and diverse beam search. Beams compete by the sum of their processed
 * log-probabilities (log-softmax first, then processors, not renormalised). Each step weighs
 * max(2, 1 + number of EOS ids) · width candidates, so that enough remain when some end.
 *
 * Sources: Graves 2012, arXiv:1211.3711 (beam search); Vijayakumar et al. 2018, arXiv:1610.02424 (diverse
 * beam search). Rules of transformers; see `beam-rules.ts`. A group that is done leaves the later groups
 * alone; transformers 4.55 goes on counting its padding tokens for their diversity penalty.
 */
export function createBeamDecoder(settings: GenerationSettings, context: DecoderContext): Decoder {
  const { strategy, numBeams, numBeamGroups, numReturnSequences, lengthPenalty } = settings;
  const rule = strategy === "diverse-beam" ? diverseGroupRule : beamSearchRule;
  const width = numBeams / numBeamGroups;
  const candidatesPerStep = Math.max(2, 1 + context.eosTokenIds.length) * width;
  const promptLength = context.promptIds.length;
  const stopping = createStoppingCriteria(settings, context);
  const draw = strategy === "beam-sample" ? createUniformDraw(settings.seed, 0) : undefined;
  let chosenByEarlierGroups: number[] = [];
  const chain = withDiversity(settings, context, () => chosenByEarlierGroups);
  const prompt: Beam = {
    tokenIds: context.promptIds,
    tokenLogProbs: [],
    sumLogProb: 0,
    nodeId: null,
    row: 0,
  };

  let groups = Array.from(
    { length: numBeamGroups },
    (_, index): BeamGroup => ({ index, width, running: [], finished: [], isDone: false }),
  );
  let stepIndex = 0;
  let nodeCount = 0;
  let trace: TraceStep[] = [];

  function openRow(beam: Beam, logits: Float32Array, summary: LogitsSummary | undefined): ProcessedRow {
    return processRow(logits, chain, {
      history: { tokenIds: beam.tokenIds, promptLength },
      step: stepIndex,
      asLogProbs: true,
      summary,
      snapshots: settings.trace,
    });
  }

  function weigh(
    parents: readonly Beam[],
    { logits, summaries }: ModelRows,
  ): { rows: BeamRow[]; processed: ProcessedRow[] } {
    const processed: ProcessedRow[] = [];
    const rows = parents.map((beam) => {
      // All groups begin from the prompt's row, and processing changes a row.
      const isShared = stepIndex === 0 && numBeamGroups > 1;
      const row = openRow(
        beam,
        isShared ? (logits[0] as Float32Array).slice() : (logits[beam.row] as Float32Array),
        summaries?.[isShared ? 0 : beam.row],
      );
      if (settings.trace) processed.push({ ...row, modelLogits: row.modelLogits.slice() });
      return continuationsOf(beam, row, draw ? Number.POSITIVE_INFINITY : candidatesPerStep);
    });
    return { rows, processed };
  }

  function extend(rows: readonly BeamRow[]): Extension[] {
    const best = draw
      ? drawnCandidates(rows, candidatesPerStep, draw)
      : bestCandidates(rows, candidatesPerStep);
    return best.map(({ beam, tokenId, tokenLogProb, sumLogProb }, rank) => {
      const tokenIds = [...beam.tokenIds, tokenId];
      return {
        parent: beam,
        tokenIds,
        tokenLogProbs: [...beam.tokenLogProbs, tokenLogProb],
        sumLogProb,
        nodeId: nodeCount++,
        row: 0,
        rank,
        score: beamScore(sumLogProb, stepIndex + 1, lengthPenalty),
        finishReason: stopping.reasonToStop(tokenIds),
      };
    });
  }

  function advance(group: BeamGroup, rows: ModelRows, record: StepRecord): BeamGroup {
    const parents = stepIndex === 0 ? [prompt] : group.running;
    const weighed = weigh(parents, rows);
    const extensions = extend(weighed.rows);
    if (extensions.length === 0 && group.finished.length === 0) throw new NoTokenLeftError(stepIndex);
    const after = rule(group, extensions, settings, stepIndex + 1);
    if (settings.trace) {
      weighed.processed.forEach((row, i) => {
        record.rows.push(rowOfBeam(row, parents[i] as Beam, extensions, settings.traceTopTokens));
      });
      const { nodes, updates } = traceGroup(group, parents, extensions, after, stepIndex);
      record.nodes.push(...nodes);
      record.updates.push(...updates);
    }
    return after;
  }

  function best(): Extension[] {
    const all = groups.flatMap((group): readonly Extension[] =>
      group.isDone ? group.finished : [...group.finished, ...group.running],
    );
    return [...all].sort((a, b) => b.score - a.score);
  }

  return {
    needsHiddenStates: false,
    step(rows: ModelRows): DecoderStep {
      checkRowCount(rows, stepIndex, groups);
      stopping.beginStep();
      chosenByEarlierGroups = [];
      const record: StepRecord = { rows: [], nodes: [], updates: [] };
      groups = groups.map((group) => {
        if (group.isDone) return group;
        const after = advance(group, rows, record);
        // Even a group that has just finished: its running beams chose these tokens at this step.
        chosenByEarlierGroups.push(...after.running.map(({ tokenIds }) => tokenIds.at(-1) as number));
        return after;
      });
      const isDone = groups.every((group) => group.isDone);
      if (settings.trace) {
        if (isDone) record.updates.push(...notReturned(best().slice(numReturnSequences)));
        const { rows: traced, nodes, updates } = record;
        trace.push({ step: stepIndex, rows: traced, beams: { nodes, updates } });
      }
      stepIndex++;
      if (isDone) return { kind: "done" };
      return { kind: "continue", rows: numberRows() };
    },
    sequences: (): DecodedSequence[] =>
      best()
        .slice(0, numReturnSequences)
        .map((extension) => toDecodedBeam(extension, promptLength)),
    takeTrace() {
      const taken = trace;
      trace = [];
      return taken;
    },
  };

  /** Gives every running beam its row of the next step, group after group. */
  function numberRows(): Continuation[] {
    const continuations: Continuation[] = [];
    groups = groups.map((group) => {
      if (group.isDone) return group;
      const running = group.running.map((extension) => {
        const tokenId = extension.tokenIds.at(-1) as number;
        const row = continuations.push({ parent: extension.parent.row, tokenId }) - 1;
        return { ...extension, row };
      });
      return { ...group, running };
    });
    return continuations;
  }
}

interface StepRecord {
  readonly rows: TraceRow[];
  readonly nodes: BeamNode[];
  readonly updates: BeamFateUpdate[];
}

function withDiversity(
  settings: GenerationSettings,
  context: DecoderContext,
  chosen: () => readonly number[],
): ProcessorChain {
  const chain = createProcessorChain(settings, context.eosTokenIds, context.wordListMask);
  if (settings.strategy !== "diverse-beam") return chain;
  return { ...chain, scoring: [diversityPenalty(settings.diversityPenalty, chosen), ...chain.scoring] };
}

function checkRowCount({ logits }: ModelRows, step: number, groups: readonly BeamGroup[]): void {
  const live = groups.reduce((sum, { isDone, running }) => sum + (isDone ? 0 : running.length), 0);
  const expected = step === 0 ? 1 : live;
  if (logits.length !== expected)
    throw new Error(`step ${step} got ${logits.length} rows of logits, not ${expected}`);
}

function rowOfBeam(
  row: ProcessedRow,
  beam: Beam,
  extensions: readonly Extension[],
  topTokens: number,
): TraceRow {
  const own = extensions.filter(({ parent }) => parent === beam);
  const alsoList = own.map(({ tokenIds }) => tokenIds.at(-1) as number);
  return traceRow(row, { row: beam.row, nodeId: beam.nodeId, choices: [], topTokens, alsoList });
}

function notReturned(beams: readonly Extension[]): BeamFateUpdate[] {
  return beams.map(({ nodeId }) => ({ nodeId: nodeId as number, fate: "not-returned" }));
}
