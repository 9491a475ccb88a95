import {
  type PronouncedWord,
  type Pronunciation,
  pronounce as pronounceWord,
} from "../../engine/transduction/pronounce.ts";
import type { Block, WordsBlock } from "../cards/card.ts";
import { UserError } from "../errors.ts";
import { defineCommand } from "./spec.ts";

export const pronounce = defineCommand({
  name: "pronounce",
  description: "A word's pronunciation by an encoder–decoder, with its cross-attention as an alignment",
  help: "A small encoder–decoder transformer reads the letters, all at once, and its decoder writes the phonemes one by one with beam search. Shows the likeliest pronunciations with their probabilities, and which letters the decoder looked at for each phoneme. Made-up words work too.",
  options: {
    word: {
      type: "string",
      main: true,
      required: true,
      maxLength: 60,
      description: "One English word, or a made-up one, e.g. knight or blorfing",
    },
    count: {
      type: "integer",
      min: 1,
      max: 10,
      description: "How many pronunciations to show; left out, 3 or as many as there are beams",
    },
    beams: {
      type: "integer",
      min: 1,
      max: 20,
      default: 5,
      description: "Sequences that beam search keeps; 1 is greedy",
    },
  },
  examples: ["/pronounce word:knight", "/pronounce word:read count:5"],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options: { word, count: asked, beams } }, { engine, signal }) {
    const count = asked ?? Math.min(3, beams);
    if (count > beams) {
      throw new UserError(
        "option-invalid",
        `count is ${count} and beams is ${beams}: beam search finds at most as many pronunciations as it keeps beams. Set beams to ${count} or more.`,
        { count, beams },
      );
    }
    const result = await pronounceWord(engine, word, { count, beams }, signal);
    const best = result.pronunciations[0]!;
    yield {
      kind: "message",
      card: {
        title: `${result.word} /${best.ipa}/`,
        blocks: [ranking(result), ...alignment(result, best), { type: "text", text: origin(result) }],
        footer: `${result.model} · ${beams === 1 ? "greedy" : `beam search, ${beams} beams`} · log-probability ${best.logProb.toFixed(2)} nats`,
      },
      data: { ...result, beams },
    };
  },
});

function ranking({ pronunciations }: PronouncedWord): Block {
  return {
    type: "table",
    columns: [{ name: "IPA" }, { name: "ARPAbet" }, { name: "probability", align: "right" }],
    rows: pronunciations.map(({ ipa, phonemes, probability }) => [
      ipa,
      phonemes.join(" "),
      `${(100 * probability).toFixed(1)} %`,
    ]),
  };
}

function alignment(result: PronouncedWord, best: Pronunciation): Block[] {
  if (best.attention.length === 0) return [];
  const input = result.read.map((letter) => (letter === "</s>" ? "end" : letter));
  const words: WordsBlock = {
    type: "table",
    columns: [{ name: "phoneme" }, { name: "looks at" }, { name: "attention", align: "right" }],
    rows: best.phonemes.map((phoneme, row) => {
      const weights = best.attention[row]!;
      const places = weights.map((_, place) => place).sort((a, b) => weights[b]! - weights[a]!);
      const seen = places.slice(0, 2).filter((place, rank) => rank === 0 || weights[place]! >= 0.2);
      return [
        phoneme,
        seen.map((place) => `${input[place]} (${place + 1})`).join(", "),
        seen.map((place) => weights[place]!.toFixed(2)).join(", "),
      ];
    }),
  };
  return [
    {
      type: "chart",
      chart: {
        kind: "alignment",
        title: `Where the decoder looked in “${result.word}”`,
        source: `${result.model} · cross-attention`,
        input,
        output: best.phonemes,
        weights: best.attention,
        attention: result.attentionLayer,
      },
      inWords: [
        { type: "text", text: `Cross-attention, ${result.attentionLayer}; a letter's place in brackets.` },
        words,
      ],
    },
  ];
}

function origin({ heldOut }: PronouncedWord): string {
  return heldOut
    ? "This spelling was kept out of training, so it is no remembered word."
    : "If the dictionary has this spelling, the model has seen it in training.";
}
