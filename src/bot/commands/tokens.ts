import { wordPieces } from "../../engine/encoding/tokenize.ts";
import type { Block, Text } from "../cards/card.ts";
import { visible } from "../decoding/visible-text.ts";
import { defineCommand } from "./spec.ts";

export const tokens = defineCommand({
  name: "tokens",
  description: "How each model's tokenizer splits a text",
  help: "Decoders here use byte-level BPE, where a space is part of the following token (shown as ·); the encoders use BERT's WordPiece, in lower case, where ## continues a word.",
  options: {
    text: {
      type: "string",
      main: true,
      required: true,
      maxLength: 1000,
      multiline: true,
      description: "The text to split",
    },
  },
  examples: ['/tokens text:"Unbelievably, tokenizers disagree."'],
  costly: true,
  ack: "deferred",
  visibility: "channel",
  async *run({ options }, { engine }) {
    const decoders = engine
      .models()
      .filter(({ family }) => family === "decoder-only" || family === "recurrent");
    const splits = await Promise.all(
      decoders.map(async ({ id }) => ({
        model: id,
        kind: "byte-level BPE",
        pieces: await engine.tokenize(id, options.text),
      })),
    );
    const all = [...splits, { kind: "WordPiece", ...wordPieces(engine.encoders, options.text) }];
    const blocks: Block[] = all.flatMap(({ model, kind, pieces }) => [
      {
        type: "text" as const,
        text: [{ bold: model }, `: ${kind}, ${pieces.length} ${pieces.length === 1 ? "token" : "tokens"}`],
      },
      { type: "text" as const, text: spaced(pieces.map(({ text }) => visible(text))) },
    ]);
    yield {
      kind: "message",
      card: { title: "Tokens", blocks },
      data: { text: options.text, tokenizers: all },
    };
  },
});

function spaced(pieces: readonly string[]): Text {
  return pieces.flatMap((piece, index) => (index === 0 ? [{ code: piece }] : [" ", { code: piece }]));
}
