import type { RecordedCurves } from "../../engine/learning/recorded-curves.ts";
import type { Block } from "../cards/card.ts";

/** How a model of 22 million parameters was fine-tuned: measured when it was made, not now. */
export function recordedBlocks({ head, whole }: RecordedCurves): Block[] {
  const [start, frozen, end] = [head[0]!, head.at(-1)!, whole.at(-1)!];
  const rows = [
    ["new head, untrained", start],
    ["head trained, encoder frozen", frozen],
    ["then upper layers trained too", end],
  ] as const;
  const before = head.at(-1)!.step;
  return [
    { type: "divider" },
    {
      type: "text",
      text: [
        { bold: "The same with a transformer, as recorded when it was made. " },
        `The masked model behind /fillmask began as a sentence encoder: a new head on the frozen encoder brought the perplexity of a masked word in held-out Brown text from ${start.brown.perplexity.toFixed(0)} to ${frozen.brown.perplexity.toFixed(0)}; letting the upper layers move brought it to ${end.brown.perplexity.toFixed(0)}.`,
      ],
    },
    {
      type: "chart",
      chart: {
        kind: "learning-curves",
        title: "The masked model: head alone, then the upper layers too",
        x: { name: "step" },
        y: { name: "log-perplexity of held-out Brown text", unit: "nats" },
        series: [
          {
            name: "head alone",
            n: start.brown.places,
            points: head.map(({ step, brown }) => [step, Math.log(brown.perplexity)]),
          },
          {
            name: "upper layers too",
            n: end.brown.places,
            points: whole.map(({ step, brown }) => [before + step, Math.log(brown.perplexity)]),
          },
        ],
        source: "models/minilm-l6-v2/masked-curves.json",
      },
      inWords: [
        {
          type: "table",
          columns: [
            { name: "masked model" },
            { name: "tokens seen", align: "right" },
            { name: "perplexity", align: "right" },
            { name: "right word first", align: "right" },
          ],
          rows: rows.map(([name, { brown, tokens }], i) => [
            name,
            (i === 2 ? frozen.tokens + tokens : tokens).toLocaleString("en"),
            brown.perplexity.toFixed(0),
            `${(100 * brown.top1).toFixed(1)} %`,
          ]),
        },
      ],
    },
  ];
}
