import type { RecordedCurves } from "../../engine/learning/recorded-curves.ts";
import type { Block } from "../cards/card.ts";

/** How the masked model was fine-tuned: measured when it was made, not now. */
export function recordedBlocks({ head, whole }: RecordedCurves): Block[] {
  const [start, frozen, end] = [head[0]!, head.at(-1)!, whole.at(-1)!];
  const rows = [
    ["new head, untrained", start, 0],
    ["head trained, encoder frozen", frozen, 0],
    ["then upper layers trained too", end, frozen.tokens],
  ] as const;
  const perplexities = whole.map(({ brown }) => brown.perplexity);
  const stillFell = Math.min(...perplexities) === end.brown.perplexity;
  return [
    {
      type: "text",
      text: [
        { bold: "A transformer, as recorded when it was made. " },
        `The masked model behind /fillmask began as a sentence encoder: a new head on the frozen encoder brought the perplexity of a masked word in held-out Brown text from ${start.brown.perplexity.toFixed(0)} to ${frozen.brown.perplexity.toFixed(0)}; letting the upper layers move brought it to ${end.brown.perplexity.toFixed(0)}. `,
        stillFell
          ? "The last value is the lowest: held-out text was still getting better when training stopped."
          : `The lowest value, ${Math.min(...perplexities).toFixed(0)}, came before the end.`,
      ],
    },
    {
      type: "chart",
      chart: {
        kind: "learning-curves",
        title: "The masked model: head alone, then the upper layers too",
        x: { name: "million tokens seen" },
        y: { name: "log-perplexity of held-out Brown text", unit: "nats" },
        series: [
          {
            name: "head alone, encoder frozen",
            n: start.brown.places,
            points: head.map(({ tokens, brown }) => [inMillions(tokens), Math.log(brown.perplexity)]),
          },
          {
            name: "upper layers too",
            n: end.brown.places,
            points: whole.map(({ tokens, brown }) => [
              inMillions(frozen.tokens + tokens),
              Math.log(brown.perplexity),
            ]),
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
          rows: rows.map(([name, { brown, tokens }, before]) => [
            name,
            (before + tokens).toLocaleString("en"),
            brown.perplexity.toFixed(0),
            `${(100 * brown.top1).toFixed(1)} %`,
          ]),
        },
      ],
    },
  ];
}

function inMillions(tokens: number): number {
  return Number((tokens / 1e6).toFixed(2));
}
