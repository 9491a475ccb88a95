import { findMarkedWord } from "../../engine/encoding/marked-word.ts";
import { compareWords, type WordComparison } from "../../engine/encoding/word-vectors.ts";
import type { Block, TableBlock } from "../cards/card.ts";
import { playgroundLink } from "../decoding/playground-link.ts";
import { UserError } from "../errors.ts";
import { defineCommand } from "./spec.ts";

const MOST_SENTENCES = 8;

export const words = defineCommand({
  name: "words",
  description: "The same word in several sentences: contextual vectors beside static ones",
  help: "Mark one word in each sentence with **asterisks** (or name it with word:). Shows the cosine of each pair twice: by contextual vectors, which depend on the sentence, and by static ones, one vector a word whatever stands around it, as in older dense embeddings.",
  options: {
    sentences: {
      type: "string",
      main: true,
      required: true,
      multiline: true,
      separator: "|",
      maxLength: 4000,
      description: "2 to 8 sentences separated by |, with one word in each marked: my new **bat**",
    },
    word: { type: "string", maxLength: 60, description: "The word to look at, where none is marked" },
  },
  examples: [
    '/words sentences:"My new **bat** broke. | The **bat** ate a moth. | The **cardinal** ate a moth."',
  ],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options, place }, context) {
    const { engine, signal } = context;
    const sentences = options.sentences
      .split(/\||\n/)
      .map((sentence) => sentence.trim())
      .filter((sentence) => sentence !== "");
    if (sentences.length < 2 || sentences.length > MOST_SENTENCES) {
      throw new UserError(
        "option-invalid",
        `sentences holds ${sentences.length}; give 2 to ${MOST_SENTENCES}, separated by | or line breaks.`,
        { given: sentences.length },
      );
    }
    const marked = sentences.map((sentence) => findMarkedWord(sentence, options.word));
    const result = await compareWords(engine.encoders, marked, signal);
    const blocks: Block[] = [
      {
        type: "list",
        items: marked.map(({ left, word, right }, index) => [
          { code: letter(index) },
          ` ${left}`,
          { bold: word },
          right,
        ]),
      },
      {
        type: "chart",
        chart: {
          kind: "similarity",
          title: "The same words, in context and alone",
          labels: result.words,
          matrices: [
            { name: "Contextual (depends on the sentence)", cosines: result.contextual },
            { name: "Static (one vector a word)", cosines: result.static },
          ],
          source: result.model,
        },
        inWords: [
          { type: "text", text: [{ bold: "Contextual" }, " (depends on the sentence)"] },
          matrix(result.words, result.contextual),
          { type: "text", text: [{ bold: "Static" }, " (one vector a word)"] },
          matrix(result.words, result.static),
        ],
      },
    ];
    const reading = inWords(result);
    if (reading) blocks.push({ type: "text", text: reading });
    yield {
      kind: "message",
      card: {
        title: "Words in context",
        blocks,
        links: playgroundLink(context, place, "words", {
          sentences: marked.map(({ left, word, right }) => `${left}**${word}**${right}`).join(" | "),
        }),
        footer: `${result.model} · ${result.representation}`,
      },
      data: result,
    };
  },
});

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

function matrix(names: readonly string[], cosines: readonly (readonly number[])[]): TableBlock {
  return {
    type: "table",
    columns: [
      { name: "" },
      ...names.map((name, index) => ({ name: `${letter(index)} ${name}`, align: "right" as const })),
    ],
    rows: cosines.map((row, index) => [
      `${letter(index)} ${names[index]}`,
      ...row.map((value) => value.toFixed(2)),
    ]),
  };
}

/** What changes between the two matrices, with the numbers it rests on. */
function inWords({ closest, contextual, static: fixed }: WordComparison): string | undefined {
  if (!closest) return undefined;
  const pair = ([i, j]: readonly [number, number], cosines: readonly (readonly number[])[]) =>
    `${letter(i)} and ${letter(j)} (${cosines[i]![j]!.toFixed(2)})`;
  const [context, alone] = [pair(closest.contextual, contextual), pair(closest.static, fixed)];
  const same = String(closest.contextual) === String(closest.static);
  return same
    ? `Closest by both: ${context} in context, ${alone} static.`
    : `In context ${context} are closest, by static vectors ${alone}: the sentence decides.`;
}
