import type { BeamFate, BeamNode, TraceStep } from "../../engine/generation/trace.ts";
import type { BeamTreeChart, TextTraceChart } from "../charts/chart.ts";

/** Characters of a prompt that a title or a root shows. */
const PROMPT_END = 60;

/** The end of a prompt, which is what the next token depends on most. */
export function promptEnd(prompt: string): string {
  const characters = [...prompt.trimEnd()];
  return characters.length <= PROMPT_END
    ? characters.join("")
    : `…${characters.slice(1 - PROMPT_END).join("")}`;
}

/** @param texts Readable text of each token id, without signs for spaces. */
export function beamTreeChart(
  title: string,
  prompt: string,
  steps: readonly TraceStep[],
  texts: ReadonlyMap<number, string>,
): BeamTreeChart {
  const { nodes, fates } = beamNodes(steps);
  return {
    kind: "beam-tree",
    title,
    root: promptEnd(prompt),
    nodes: nodes.map(({ id, parentId, tokenId, sumLogProb }) => ({
      id,
      parentId,
      text: texts.get(tokenId) ?? `#${tokenId}`,
      sumLogProb,
      fate: fates.get(id)!,
    })),
  };
}

/** The nodes of a search in the order they were made, and what became of each in the end. */
export function beamNodes(steps: readonly TraceStep[]): {
  readonly nodes: readonly BeamNode[];
  readonly fates: ReadonlyMap<number, BeamFate>;
} {
  const nodes = steps.flatMap(({ beams }) => beams?.nodes ?? []);
  const fates = new Map<number, BeamFate>(nodes.map(({ id, fate }) => [id, fate]));
  for (const { beams } of steps) for (const { nodeId, fate } of beams?.updates ?? []) fates.set(nodeId, fate);
  return { nodes, fates };
}

/** How sure the model was along the first sequence; undefined for a trace without choices. */
export function textTraceChart(
  title: string,
  prompt: string,
  steps: readonly TraceStep[],
  texts: ReadonlyMap<number, string>,
): TextTraceChart | undefined {
  const tokens = steps.flatMap(({ rows }) =>
    rows.flatMap(({ entropy, choices }) =>
      choices
        .filter(({ sequence }) => sequence === 0)
        .slice(0, 1)
        .map(({ tokenId, modelProbability }) => ({
          text: texts.get(tokenId) ?? `#${tokenId}`,
          probability: modelProbability,
          entropy,
        })),
    ),
  );
  return tokens.length === 0 ? undefined : { kind: "text-trace", title, prompt: promptEnd(prompt), tokens };
}
