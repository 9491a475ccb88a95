import type { Encoders } from "../../engine/encoding/encoders.ts";
import { findMarkedWord } from "../../engine/encoding/marked-word.ts";
import { type NearestWords, nearestWords, substitutes } from "../../engine/encoding/nearest-words.ts";
import { principalPlane } from "../../engine/encoding/principal-plane.ts";
import { staticVectors } from "../../engine/encoding/word-vectors.ts";
import type { Block, WordsBlock } from "../cards/card.ts";
import { inPercent } from "../charts/numbers.ts";
import { defineCommand } from "./spec.ts";

export const nearest = defineCommand({
  name: "nearest",
  description:
    "A word's nearest neighbours by static vectors, beside its likeliest substitutes in a sentence",
  help: "Static vectors put a word near words that occur in similar places, all its senses mixed. In a sentence, only words that fit there are likely. Give a word, and a sentence that holds it to see both lists.",
  options: {
    word: { type: "string", main: true, required: true, maxLength: 60, description: "The word, e.g. bank" },
    sentence: {
      type: "string",
      maxLength: 2000,
      description: "A sentence that holds the word, for its substitutes there",
    },
    top: { type: "integer", min: 1, max: 20, default: 8, description: "Words to show in each list" },
  },
  examples: ["/nearest word:bank", '/nearest word:bank sentence:"We sat on the bank of the river."'],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options }, { engine, signal }) {
    const { word, sentence, top } = options;
    const marked = sentence === undefined ? undefined : findMarkedWord(sentence, word);
    const [fixed, fitting] = await Promise.all([
      nearestWords(engine.encoders, word, top, signal),
      marked && substitutes(engine.encoders, engine.textScorer(), marked, top, signal),
    ]);
    const list: WordsBlock[] = [
      { type: "text", text: [{ bold: "Nearest static vectors" }, " (cosine)"] },
      {
        type: "table",
        columns: [{ name: "word" }, { name: "cosine", align: "right" }],
        rows: fixed.neighbours.map(({ word: other, cosine }) => [other, cosine.toFixed(3)]),
      },
    ];
    const chart = await neighbourMap(fixed, engine.encoders, signal);
    const blocks: Block[] = [...list, ...(chart ? [chart] : [])];
    if (marked && fitting) {
      blocks.push(
        { type: "text", text: [{ bold: "Likeliest in its place" }] },
        { type: "quote", text: [marked.left, { bold: marked.word }, marked.right] },
        {
          type: "bars",
          unit: "probability",
          bars: fitting.substitutes.map(({ word: other, probability }) => ({
            label: other,
            value: probability,
          })),
        },
      );
    }
    yield {
      kind: "message",
      card: {
        title: `Near “${fixed.word}”`,
        blocks,
        footer: `${fixed.model} · ${fixed.representation}${fitting ? ` · substitutes by ${fitting.model}` : ""}`,
      },
      data: { ...fixed, ...(fitting ? { inSentence: fitting } : {}) },
    };
  },
});

/** The word among its neighbours; undefined with so few that they span no plane. */
async function neighbourMap(
  { word, neighbours, model }: NearestWords,
  encoders: Encoders,
  signal: AbortSignal,
): Promise<Block | undefined> {
  const words = [word, ...neighbours.map((neighbour) => neighbour.word)];
  if (words.length < 3) return undefined;
  const vectors = await staticVectors(encoders, words, signal);
  const { points, explained } = principalPlane(vectors);
  return {
    type: "chart",
    chart: {
      kind: "map",
      title: `“${word}” among its neighbours`,
      source: `${model}, static vectors`,
      points: points.map((point, i) => ({
        ...point,
        label: words[i]!,
        group: i === 0 ? "the word" : "neighbours",
      })),
      explained,
      dimensions: vectors[0]!.length,
    },
    inWords: [
      {
        type: "text",
        text: `A plane holds ${inPercent(explained[0] + explained[1])} of what tells these ${words.length} vectors apart.`,
      },
    ],
  };
}
