import type { TraceStep } from "../../engine/generation/trace.ts";
import { beamNodes } from "./trace-charts.ts";

/**
 * A beam search's tree as indented text: every node with its token, the branch's log-probability (and its
 * probability while that can be read) and what became of it.
 * @param texts Readable text of each token id.
 */
export function beamTreeText(steps: readonly TraceStep[], texts: ReadonlyMap<number, string>): string {
  const { nodes, fates } = beamNodes(steps);
  const children = Map.groupBy(nodes, ({ parentId }) => parentId);
  const lines: string[] = ["(prompt)"];
  const draw = (parent: number | null, indent: string) => {
    const own = (children.get(parent) ?? []).sort((a, b) => b.sumLogProb - a.sumLogProb);
    for (const [index, node] of own.entries()) {
      const last = index === own.length - 1;
      const token = texts.get(node.tokenId) ?? `#${node.tokenId}`;
      const fate = fates.get(node.id) ?? node.fate;
      lines.push(`${indent}${last ? "└─" : "├─"} ${token}  ${likelihood(node.sumLogProb)}  ${fate}`);
      draw(node.id, `${indent}${last ? "   " : "│  "}`);
    }
  };
  draw(null, "");
  return lines.join("\n");
}

const READABLE_PROBABILITY = 0.005;

function likelihood(logProb: number): string {
  const probability = Math.exp(logProb);
  return `${logProb.toFixed(2)}${probability >= READABLE_PROBABILITY ? ` (${probability.toFixed(2)})` : ""}`;
}
