import type { TransitionsChart } from "../chart.ts";
import { people } from "../numbers.ts";
import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import { type Drawing, openPage } from "./page.ts";

const SIDE = 64;
const NODE = 16;
const NODE_GAP = 22;

/** Bands from what people answered before to what they answered after; as thick as they are many. */
export function drawTransitions(chart: TransitionsChart, look: Look): Drawing {
  const { choices, counts, n } = chart;
  const { colours } = look;
  const page = openPage(chart, look);
  page.paragraph(`n = ${people(n)} who answered both times. Bands are as thick as they are many.`, {
    colour: colours.soft,
  });
  page.y += 8;
  page.word("before", MARGIN, page.y, { bold: true });
  page.word("after", look.width - MARGIN, page.y, { bold: true, align: "right" });
  page.y += lineHeight(TEXT.plain) + 10;
  const before = counts.map((row) => sum(row));
  const after = choices.map((_, column) => sum(counts.map((row) => row[column]!)));
  const used = Math.max(before.filter(Boolean).length, after.filter(Boolean).length);
  const height = Math.max(120, used * 56);
  const letter = (index: number) => String.fromCharCode(65 + index);
  const colourOf = (index: number) => colours.series[index % colours.series.length]!;
  const node = (side: "before" | "after", totals: readonly number[]) =>
    totals.flatMap((total, index) =>
      total === 0
        ? []
        : [
            {
              name: `${side} ${index}`,
              depth: side === "before" ? 0 : 1,
              itemStyle: { color: colourOf(index), borderWidth: 0 },
              label: {
                position: side === "before" ? ("left" as const) : ("right" as const),
                formatter: () => `${letter(index)}${choices[index]!.right ? "*" : ""}  ${total}`,
              },
            },
          ],
    );
  const links = counts.flatMap((row, from) =>
    row.flatMap((count, to) =>
      count === 0
        ? []
        : [
            {
              source: `before ${from}`,
              target: `after ${to}`,
              value: count,
              lineStyle: {
                color: from === to ? colours.faint : colourOf(from),
                opacity: from === to ? 0.45 : 0.55,
              },
            },
          ],
    ),
  );
  const series = {
    type: "sankey",
    left: MARGIN + SIDE,
    top: page.y,
    width: page.inner - 2 * SIDE,
    height,
    nodeWidth: NODE,
    nodeGap: NODE_GAP,
    layoutIterations: 0,
    draggable: false,
    emphasis: { focus: "adjacency" },
    label: { color: colours.ink, fontSize: TEXT.plain },
    tooltip: {
      formatter: ({
        data,
        dataType,
      }: {
        data: { source?: string; target?: string; value?: number };
        dataType: string;
      }) =>
        dataType === "edge" ? `${data.value} from ${nameOf(data.source!)} to ${nameOf(data.target!)}` : "",
    },
    data: [...node("before", before), ...node("after", after)],
    links,
  };
  page.y += height + 14;
  for (const [index, { label, right }] of choices.entries()) {
    page.word(`${letter(index)}${right ? "*" : ""}`, MARGIN, page.y, { bold: true });
    page.paragraph(`${label}${right ? " (right)" : ""}`, { x: MARGIN + 20, mostLines: 2 });
    page.y += 2;
  }
  return page.finish({ series });

  function nameOf(key: string): string {
    return letter(Number(key.split(" ")[1]));
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
