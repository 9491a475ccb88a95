import { FATE_IN_WORDS } from "../../decoding/fates.ts";
import { visible } from "../../decoding/visible-text.ts";
import type { BeamTreeChart } from "../chart.ts";
import { pixelAxes } from "./axes.ts";
import { inkOn, type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage, type Page } from "./page.ts";

type Node = BeamTreeChart["nodes"][number];

const ROW = 44;
const BOX = 36;
const GAP = 18;
/** Steps that a phone can show side by side. */
const MOST_STEPS = 5;
const READABLE_PROBABILITY = 0.005;

interface Placed {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
}

/** The tree from left to right: branches kept to the end filled, pruned ones dashed with the letter of the reason. */
export function drawBeamTree(chart: BeamTreeChart, look: Look): Drawing {
  const { colours } = look;
  const page = openPage(chart, look);
  const depthOf = depths(chart.nodes);
  const deepest = Math.max(...depthOf.values());
  const nodes = chart.nodes.filter(({ id }) => depthOf.get(id)! <= MOST_STEPS);
  const probabilities = chart.nodes.every(({ sumLogProb }) => Math.exp(sumLogProb) >= READABLE_PROBABILITY);
  const number = ({ sumLogProb }: Node) =>
    probabilities ? Math.exp(sumLogProb).toFixed(2) : sumLogProb.toFixed(2).replace("-", "−");
  page.paragraph(
    probabilities
      ? "Probability of each branch from the prompt on."
      : "Natural log-probability of each branch, in nats.",
    { colour: colours.soft },
  );
  if (deepest > MOST_STEPS) {
    page.paragraph(`The first ${MOST_STEPS} of ${deepest} steps are drawn.`, { colour: colours.soft });
  }
  const reasons = [...new Set(nodes.filter(isPruned).map(({ fate }) => fate))];
  const survivors = ancestorsOfFinished(chart.nodes);
  const columns = Math.min(deepest, MOST_STEPS) + 1;
  const box = Math.min(130, (page.inner - (columns - 1) * GAP) / columns);
  const top = page.y + 8;
  const leaves = layOut(nodes, depthOf, (depth, row) => [
    MARGIN + box / 2 + depth * (box + GAP),
    top + ROW / 2 + row * ROW,
  ]);
  const rootAt = leaves.root;
  page.y = top + leaves.rows * ROW;
  const points = [
    {
      name: "root",
      value: rootAt,
      symbolSize: [box, BOX],
      itemStyle: { color: colours.paper, borderColor: colours.soft, borderWidth: 1, opacity: 1 },
      label: {
        formatter: () => rootLabel(page, chart.root, box - 10),
        color: colours.ink,
        fontWeight: "bold" as const,
      },
      tooltip: { formatter: () => chart.root },
    },
    ...leaves.placed.map(({ node, x, y }) => {
      const kept = survivors.has(node.id);
      const fill = kept ? colours.accent : colours.paper;
      const reason = isPruned(node) ? ` ${letter(reasons.indexOf(node.fate))}` : "";
      return {
        name: String(node.id),
        value: [x, y],
        symbolSize: [box, BOX],
        itemStyle: {
          color: fill,
          borderColor: kept ? colours.accent : colours.soft,
          borderWidth: 1,
          opacity: 1,
          borderType: isPruned(node) ? ("dashed" as const) : ("solid" as const),
        },
        label: {
          formatter: () =>
            `${page.fit(visible(node.text), box - 10)}\n${page.fit(`${number(node)}${reason}`, box - 6, { size: TEXT.small })}`,
          color: kept ? inkOn(fill) : colours.ink,
        },
        tooltip: {
          formatter: () =>
            `“${node.text}” ${FATE_IN_WORDS[node.fate]}\nbranch: log-probability ${node.sumLogProb.toFixed(3)} nats, probability ${Math.exp(node.sumLogProb).toPrecision(2)}`,
        },
      };
    }),
  ];
  const at = new Map<string, readonly [number, number]>([["root", rootAt]]);
  for (const { node, x, y } of leaves.placed) at.set(String(node.id), [x, y]);
  const edges = leaves.placed.map(({ node, x, y }) => {
    const [px, py] = at.get(node.parentId === null ? "root" : String(node.parentId))!;
    const kept = survivors.has(node.id);
    return {
      coords: [
        [px + box / 2, py],
        [x - box / 2, y],
      ],
      lineStyle: {
        color: kept ? colours.accent : colours.soft,
        opacity: 1,
        width: kept ? 3 : 1,
        type: isPruned(node) ? ("dashed" as const) : ("solid" as const),
      },
    };
  });
  page.y += 6;
  if (survivors.size > 0)
    page.paragraph("Filled: kept to the end.", { size: TEXT.small, colour: colours.soft });
  for (const [index, fate] of reasons.entries()) {
    page.word(letter(index), MARGIN, page.y, { size: TEXT.small, bold: true });
    page.paragraph(FATE_IN_WORDS[fate], { size: TEXT.small, colour: colours.soft, x: MARGIN + 16 });
  }
  return page.finish({
    ...pixelAxes(page),
    series: [
      { type: "lines", coordinateSystem: "cartesian2d", silent: true, z: 1, data: edges },
      {
        type: "scatter",
        symbol: "rect",
        emphasis: { disabled: true },
        label: {
          show: true,
          fontSize: TEXT.small,
          lineHeight: lineHeight(TEXT.small),
          fontFamily: look.fontFamily,
        },
        data: points,
      },
    ],
  });
}

/** As many of the prompt's last words as fit. */
function rootLabel(page: Page, root: string, width: number): string {
  const words = root.split(" ");
  const ends = words.map((_, i) => (i === 0 ? root : `… ${words.slice(i).join(" ")}`));
  const fitting = ends.find((end) => page.width(end, { bold: true }) <= width);
  return fitting ?? page.fit(ends.at(-1)!, width, { bold: true });
}

const letter = (index: number): string => String.fromCharCode(97 + index);

function isPruned({ fate }: Node): boolean {
  return fate !== "live" && fate !== "finished";
}

/** 1 for the first token after the prompt. */
function depths(nodes: readonly Node[]): Map<number, number> {
  const found = new Map<number, number>();
  // Parents are made before their children, so that they come first.
  for (const { id, parentId } of nodes) found.set(id, parentId === null ? 1 : found.get(parentId)! + 1);
  return found;
}

function ancestorsOfFinished(nodes: readonly Node[]): Set<number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const kept = new Set<number>();
  for (const node of nodes.filter(({ fate }) => fate === "finished")) {
    for (
      let each: Node | undefined = node;
      each;
      each = each.parentId === null ? undefined : byId.get(each.parentId)
    ) {
      kept.add(each.id);
    }
  }
  return kept;
}

/** Leaves take a row each, best first; a parent stands in the middle of its children. */
function layOut(
  nodes: readonly Node[],
  depthOf: ReadonlyMap<number, number>,
  place: (depth: number, row: number) => [number, number],
): { placed: Placed[]; root: [number, number]; rows: number } {
  const children = Map.groupBy(nodes, ({ parentId }) => parentId);
  const placed: Placed[] = [];
  let rows = 0;
  const rowOf = (parent: number | null): number => {
    const own = (children.get(parent) ?? []).toSorted((a, b) => b.sumLogProb - a.sumLogProb);
    if (own.length === 0) return rows++;
    const taken = own.map((node) => {
      const row = rowOf(node.id);
      const [x, y] = place(depthOf.get(node.id)!, row);
      placed.push({ node, x, y });
      return row;
    });
    return (taken[0]! + taken.at(-1)!) / 2;
  };
  const middle = rowOf(null);
  return { placed, root: place(0, middle), rows };
}
