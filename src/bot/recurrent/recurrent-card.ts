import type { ModelDescription } from "../../engine/models/catalogue.ts";
import { CANDIDATES, type Recall } from "../../engine/recurrent/memory-probe.ts";
import { type ReadingSpeed, TOKENS_TOGETHER } from "../../engine/recurrent/reading-speed.ts";
import type { Block, Card, WordsBlock } from "../cards/card.ts";

export interface RecurrentResult {
  readonly speeds: readonly ReadingSpeed[];
  readonly recall: readonly { readonly model: string; readonly distances: readonly Recall[] }[];
  readonly described: readonly ModelDescription[];
  readonly seed: number;
  readonly seconds: number;
}

const TITLE = "Recurrence against attention";

export function progressCard(label: string, done: number, total: number): Card {
  return { title: TITLE, blocks: [{ type: "progress", label: `Measuring: ${label}`, done, total }] };
}

export function resultCard({ speeds, recall, described, seed, seconds }: RecurrentResult): Card {
  return {
    title: TITLE,
    blocks: [
      { type: "text", text: [{ bold: "Reading" }, ` ${sizes(speeds, described)}`] },
      {
        type: "chart",
        chart: {
          kind: "reading-time",
          title: "What a token costs to read",
          source: `seed ${seed}`,
          series: speeds.map(({ model, prompts, oneByOne }) => ({
            name: model,
            points: prompts,
            oneByOne: oneByOne.msPerToken,
          })),
        },
        inWords: [readingTable(speeds)],
      },
      { type: "list", items: speeds.map((speed) => togetherInWords(speed, described)) },
      { type: "text", text: [{ bold: "Forgetting" }, ` ${TASK}`] },
      ...forgetting(recall, seed),
      { type: "text", text: [{ italic: TAUGHT }] },
    ],
    footer: `measured now in ${seconds.toFixed(0)} s on this machine · seed ${seed}`,
  };
}

const TASK = `“The secret word is tiger.”, other text, “The secret word is”: is tiger likelier than ${CANDIDATES - 1} other words? Guessing is right in ${(100 / CANDIDATES).toFixed(1)} %.`;

const TAUGHT =
  "The LSTM was taught this very task with these words in training, at distances of up to 64 words; the transformer looks back by attention, without having been taught it.";

function sizes(speeds: readonly ReadingSpeed[], described: readonly ModelDescription[]): string {
  const parts = speeds.map(({ model }) => {
    const { parameters } = described.find(({ id }) => id === model)!;
    return `${model} has ${(parameters / 1e6).toFixed(parameters < 1e7 ? 1 : 0)} million parameters`;
  });
  return `(${parts.join(", ")}: compare how the times grow, not the totals.)`;
}

function readingTable(speeds: readonly ReadingSpeed[]): WordsBlock {
  return {
    type: "table",
    columns: [
      { name: "model" },
      { name: "tokens", align: "right" },
      { name: "ms in all", align: "right" },
      { name: "ms a token", align: "right" },
    ],
    rows: speeds.flatMap(({ model, prompts, oneByOne }) => [
      ...prompts.map(({ tokens, ms, msPerToken }) => [
        model,
        String(tokens),
        ms.toFixed(0),
        digits(msPerToken),
      ]),
      [model, `${oneByOne.tokens}, one by one`, oneByOne.ms.toFixed(0), digits(oneByOne.msPerToken)],
    ]),
  };
}

function digits(ms: number): string {
  return ms.toFixed(ms < 1 ? 3 : 2);
}

function togetherInWords(
  { model, prompts, oneByOne, gain }: ReadingSpeed,
  described: readonly ModelDescription[],
): string {
  const longest = prompts.at(-1)?.tokens ?? 0;
  const times = `${model}: one token a pass takes ${digits(oneByOne.msPerToken)} ms; in a prompt of ${longest} tokens each takes ${digits(prompts.at(-1)!.msPerToken)} ms, ${gain.toFixed(1)} times as fast.`;
  const isRecurrent = described.find(({ id }) => id === model)?.family === "recurrent";
  return isRecurrent
    ? `${times} Only the products with the embeddings and the output are computed together; each state needs the one before, so the tokens' steps stand in line.`
    : `${times} Each layer computes up to ${TOKENS_TOGETHER} tokens together: a token needs the others' keys and values of the layer below, not their results in its own.`;
}

function forgetting(recall: RecurrentResult["recall"], seed: number): Block[] {
  const table: WordsBlock = {
    type: "table",
    columns: [
      { name: "model" },
      { name: "tokens back", align: "right" },
      { name: "right", align: "right" },
      { name: "gain, nats", align: "right" },
      { name: "n", align: "right" },
    ],
    rows: recall.flatMap(({ model, distances }) =>
      distances.map(({ distance, accuracy, gain, trials }) => [
        model,
        String(distance),
        `${(100 * accuracy).toFixed(0)} %`,
        gain.toFixed(2),
        String(trials),
      ]),
    ),
  };
  return [
    {
      type: "chart",
      chart: {
        kind: "forgetting",
        title: "The told word recalled, by its distance",
        source: `seed ${seed}`,
        series: recall.map(({ model, distances }) => ({
          name: model,
          points: distances.map(({ distance, accuracy, trials }) => ({
            distance,
            score: accuracy,
            n: trials,
          })),
        })),
        score: { name: "recalled rightly", unit: "share" },
        chance: 1 / CANDIDATES,
      },
      inWords: [table],
    },
    {
      type: "text",
      text: "Gain: how much likelier the told word is than the mean of the others, as a difference of log-probabilities; 0 where nothing is remembered.",
    },
  ];
}
