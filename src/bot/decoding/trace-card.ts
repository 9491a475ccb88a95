import type { Engine } from "../../engine/engine.ts";
import type { BeamFate, TraceRow, TraceStep } from "../../engine/generation/trace.ts";
import type { Block, TableBlock, WordsBlock } from "../cards/card.ts";
import { beamTreeText } from "./beam-tree-text.ts";
import { FATE_IN_WORDS } from "./fates.ts";
import { beamTreeChart, textTraceChart } from "./trace-charts.ts";
import { visible } from "./visible-text.ts";

/** Candidates of a step named in the table. */
const SHOWN_CANDIDATES = 4;
/** Steps shown in a card; `--json` has all of them. */
const SHOWN_STEPS = 12;

/** A trace as blocks: how sure the model was and one line a step for methods with one line of text, the tree for beams. */
export async function traceCard(
  trace: readonly TraceStep[],
  prompt: string,
  model: string,
  engine: Engine,
): Promise<Block[]> {
  const steps = trace.slice(0, SHOWN_STEPS);
  const pieces = await tokenTexts(trace, model, engine);
  const texts = shown(pieces);
  const beams = steps.some(({ beams: tree }) => tree !== undefined);
  const blocks: Block[] = beams ? treeBlocks(steps, prompt, pieces) : [stepTable(steps, texts)];
  const chart = beams ? undefined : textTraceChart("How sure the model was", prompt, trace, pieces);
  if (chart) {
    const sure: WordsBlock = {
      type: "text",
      text: [{ bold: "Choices" }, ` of the first ${steps.length} steps:`],
    };
    blocks.unshift({ type: "chart", chart: { ...chart, source: model }, inWords: [sure] });
  }
  if (trace.length > steps.length) {
    blocks.push({
      type: "text",
      text: [{ italic: `${trace.length - steps.length} more steps are not shown here.` }],
    });
  }
  return blocks;
}

/** A search's tree: drawn, and as text with what each fate means. @param pieces Text of each token id. */
export function treeBlocks(
  trace: readonly TraceStep[],
  prompt: string,
  pieces: ReadonlyMap<number, string>,
): Block[] {
  const chart = beamTreeChart("Beam tree", prompt, trace, pieces);
  return [
    {
      type: "chart",
      chart,
      inWords: [{ type: "code", code: beamTreeText(trace, shown(pieces)) }, ...fateLegend(trace)],
    },
  ];
}

/** With signs for spaces and line breaks. */
export function shown(pieces: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
  return new Map([...pieces].map(([id, text]) => [id, visible(text)]));
}

/** Text of every token a trace names, by id. */
export async function tokenTexts(
  steps: readonly TraceStep[],
  model: string,
  engine: Engine,
): Promise<ReadonlyMap<number, string>> {
  const ids = new Set<number>();
  for (const step of steps) {
    for (const row of step.rows) for (const { tokenId } of row.candidates) ids.add(tokenId);
    for (const row of step.rows) for (const { tokenId } of row.choices) ids.add(tokenId);
    for (const { tokenId } of step.beams?.nodes ?? []) ids.add(tokenId);
    for (const { tokenId } of step.contrastive ?? []) ids.add(tokenId);
  }
  const list = [...ids];
  const pieces = await engine.describeTokens(model, list);
  return new Map(list.map((id, index) => [id, pieces[index]?.text ?? `#${id}`]));
}

/** One line a step: the choice, what it was drawn from, and the likeliest others. */
export function stepTable(steps: readonly TraceStep[], texts: ReadonlyMap<number, string>): TableBlock {
  const rows = steps.flatMap((step) =>
    step.rows.map((row) => {
      const [choice] = row.choices;
      return [
        step.rows.length > 1 ? `${step.step + 1}/${row.row + 1}` : `${step.step + 1}`,
        choice ? (texts.get(choice.tokenId) ?? "") : "",
        choice ? percent(choice.modelProbability) : "",
        choice ? percent(choice.probability) : "",
        keptInWords(row),
        row.entropy.toFixed(2),
        row.candidates
          .filter(({ tokenId, probabilities }) => tokenId !== choice?.tokenId && probabilities[0] !== 0)
          .slice(0, SHOWN_CANDIDATES)
          .map(({ tokenId, probabilities, cutBy }) => {
            const mark = cutBy ? `✗${cutBy}` : "";
            return `${texts.get(tokenId)} ${percent(probabilities[0] ?? 0)}${mark}`;
          })
          .join("  "),
      ];
    }),
  );
  return {
    type: "table",
    columns: [
      { name: "step", align: "right" },
      { name: "chosen" },
      { name: "p model", align: "right" },
      { name: "p drawn from", align: "right" },
      { name: "kept", align: "right" },
      { name: "entropy", align: "right" },
      { name: "other candidates" },
    ],
    rows,
  };
}

function keptInWords(row: TraceRow): string {
  const last = row.stages.at(-1);
  const cuts = row.stages.filter(({ name }) => name !== "model");
  if (!last || cuts.length === 0) return "all";
  return `${last.keptCount.toLocaleString("en")}`;
}

export function percent(probability: number): string {
  if (probability === 0) return "0";
  if (probability < 0.0005) return "<.1%";
  return `${(100 * probability).toFixed(1)}%`;
}

/** What each fate in a beam tree means; only those that occur. */
function fateLegend(steps: readonly TraceStep[]): WordsBlock[] {
  const seen = new Set<BeamFate>();
  for (const step of steps) {
    for (const { fate } of step.beams?.nodes ?? []) seen.add(fate);
    for (const { fate } of step.beams?.updates ?? []) seen.add(fate);
  }
  return [{ type: "list", items: [...seen].map((fate) => [{ code: fate }, ` ${FATE_IN_WORDS[fate]}`]) }];
}
