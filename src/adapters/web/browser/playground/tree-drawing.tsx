import type { BeamFate, BeamNode, TraceStep } from "../../../../engine/generation/trace.ts";
import { closed } from "../text.tsx";

interface TreeDrawingProps {
  readonly root: string;
  /** The steps so far; each knows what became of earlier branches by then. */
  readonly steps: readonly TraceStep[];
  readonly nameOf: (tokenId: number) => string;
  /** Steps of the whole search, so that the picture keeps its width while it grows. */
  readonly depth: number;
}

interface Placed {
  readonly node: BeamNode;
  readonly fate: BeamFate;
  readonly x: number;
  readonly y: number;
}

/** In units of the picture; one letter is about 8 wide. */
const LETTER = 16;
const COLUMN = 190;
const ROW = 34;
const LABEL_CHARACTERS = 14;

const FATE_IN_WORDS: Readonly<Record<BeamFate, string>> = {
  live: "kept",
  finished: "finished",
  outscored: "better ones filled the beam",
  "low-ranked-end": "an end that ranked too low",
  beaten: "finished, but worse than those kept",
  displaced: "was kept until better ones came",
  childless: "none of its continuations was kept",
  "search-ended": "still running at the end",
  "not-returned": "finished, but not asked for",
};

/** The tree from left to right, one column a token; branches that died are dashed, with the reason beside them. */
export function TreeDrawing({ root, steps, nameOf, depth }: TreeDrawingProps) {
  const fates = fatesOf(steps);
  const { placed, rows, rootY } = layOut(steps, fates);
  const byId = new Map(placed.map((each) => [each.node.id, each]));
  const width = (depth + 1) * COLUMN + 60;
  const height = Math.max(rows, 1) * ROW + 20;
  const living = placed.filter(({ fate }) => isKept(fate)).length;
  return (
    <>
      <figure
        class="tree"
        aria-label="Beam tree"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        <svg
          // Letters of the tree are as large as those of the page.
          width={`${width / LETTER}rem`}
          height={`${height / LETTER}rem`}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`Beam tree after ${steps.length} steps: ${placed.length} branches, ${living} of them kept. The list below says the same.`}
        >
          {placed.map(({ node, fate, x, y }) => {
            const parent = node.parentId === null ? undefined : byId.get(node.parentId);
            const from = parent ? parent.x + COLUMN - 60 : COLUMN - 60;
            const fromY = parent ? parent.y : rootY;
            return (
              <path
                key={node.id}
                class={isKept(fate) ? "edge" : "edge dead"}
                d={`M ${from} ${fromY} C ${from + 30} ${fromY}, ${x - 36} ${y}, ${x - 6} ${y}`}
              />
            );
          })}
          <text x={0} y={rootY} class="node">
            {shorten(root)}
          </text>
          {placed.map(({ node, fate, x, y }) => (
            <text key={node.id} x={x} y={y} class={isKept(fate) ? "node" : "node dead"}>
              {shorten(nameOf(node.tokenId))}
              <tspan class="score" dx="6">
                {scoreOf(node)}
              </tspan>
              <title>{FATE_IN_WORDS[fate]}</title>
            </text>
          ))}
        </svg>
      </figure>
      <details class="tree-list">
        <summary>The branches as a list, with what became of each</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">branch</th>
              <th scope="col" class="right">
                log p
              </th>
              <th scope="col">what became of it</th>
            </tr>
          </thead>
          <tbody>
            {[...placed]
              .sort((a, b) => a.node.step - b.node.step || b.node.sumLogProb - a.node.sumLogProb)
              .map(({ node, fate }) => (
                <tr key={node.id}>
                  <td>{node.step + 1}</td>
                  <td>{closed(branchOf(node, byId, nameOf))}</td>
                  <td class="right">{node.sumLogProb.toFixed(2)}</td>
                  <td>{FATE_IN_WORDS[fate]}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function fatesOf(steps: readonly TraceStep[]): ReadonlyMap<number, BeamFate> {
  const fates = new Map<number, BeamFate>();
  for (const { beams } of steps) {
    for (const { id, fate } of beams?.nodes ?? []) fates.set(id, fate);
    for (const { nodeId, fate } of beams?.updates ?? []) fates.set(nodeId, fate);
  }
  return fates;
}

function isKept(fate: BeamFate): boolean {
  return fate === "live" || fate === "finished";
}

/** Leaves get a row each, in the order of a walk that takes better branches first; parents stand in the middle. */
function layOut(steps: readonly TraceStep[], fates: ReadonlyMap<number, BeamFate>) {
  const nodes = steps.flatMap(({ beams }) => beams?.nodes ?? []);
  const placed: Placed[] = [];
  let rows = 0;
  const place = (node: BeamNode, column: number): number => {
    const own = childrenOf(node.id);
    const ys = own.map((child) => place(child, column + 1));
    const y = ys.length > 0 ? (ys[0]! + ys.at(-1)!) / 2 : 18 + ROW * rows++;
    placed.push({ node, fate: fates.get(node.id) ?? node.fate, x: (column + 1) * COLUMN, y });
    return y;
  };
  const childrenOf = (id: number | null) =>
    nodes.filter(({ parentId }) => parentId === id).sort((a, b) => b.sumLogProb - a.sumLogProb);
  const first = childrenOf(null).map((node) => place(node, 0));
  return { placed, rows, rootY: first.length > 0 ? (first[0]! + first.at(-1)!) / 2 : 18 };
}

function branchOf(node: BeamNode, byId: ReadonlyMap<number, Placed>, nameOf: (id: number) => string): string {
  const parent = node.parentId === null ? undefined : byId.get(node.parentId)?.node;
  return `${parent ? `${branchOf(parent, byId, nameOf)} ` : ""}${nameOf(node.tokenId)}`;
}

const READABLE_PROBABILITY = 0.005;

/** The branch's probability while it can be read, else its logarithm. */
function scoreOf({ sumLogProb }: BeamNode): string {
  const probability = Math.exp(sumLogProb);
  return probability >= READABLE_PROBABILITY ? probability.toFixed(2) : sumLogProb.toFixed(1);
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= LABEL_CHARACTERS
    ? text
    : `…${characters.slice(-(LABEL_CHARACTERS - 1)).join("")}`;
}
