import { type FillMaskResult, fillMask } from "../../engine/encoding/fill-mask/fill-mask.ts";
import { embedSentences, SENTENCE_MODEL } from "../../engine/encoding/sentence-embeddings.ts";
import type { Engine } from "../../engine/engine.ts";
import { type PronouncedText, pronounceText } from "../../engine/transduction/pronounce-text.ts";
import type { Block, Card } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { defineCommand } from "./spec.ts";

const CONTINUATION_TOKENS = 16;
const MOST_WORDS = 20;

export const families = defineCommand({
  name: "families",
  description: "One sentence to an encoder, a decoder and an encoder–decoder: what each saw and gives",
  help: "Gives one sentence to the kinds of language model at hand. The encoder sees all of it and gives a vector and the missing word; the decoder sees only what stands left and writes on; the encoder–decoder reads one sequence whole and writes another, here the pronunciation; and an LSTM, which came before, keeps one state.",
  options: {
    sentence: {
      type: "string",
      main: true,
      default: "The cat sat on the mat and purred.",
      maxLength: 400,
      description: "2 to 20 words, e.g. The students read the book in the garden.",
    },
    blank: {
      type: "string",
      maxLength: 60,
      description: "The word to take out and guess; left out, the longest one",
    },
  },
  examples: ["/families", '/families sentence:"She put the cake in the oven." blank:cake'],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options }, context) {
    const { engine, signal } = context;
    const blanked = takeOut(options.sentence, options.blank);
    const vectors = await embedSentences(engine.encoders, [options.sentence], signal);
    const filled = await fillMask(
      engine.encoders,
      engine.textScorer(),
      { text: blanked.text, method: "encoder", top: 3, why: true },
      signal,
    );
    const given: Given = { sentence: options.sentence, ...blanked, vector: [...vectors[0]!], filled };
    yield { kind: "message", card: card(given) };
    const continuations: Continuation[] = [];
    for (const model of writers(engine)) continuations.push(await writeOn(context, model, options.sentence));
    const pronounced = await pronounceText(engine, options.sentence, signal);
    yield {
      kind: "message",
      card: card(given, continuations, pronounced),
      data: {
        sentence: options.sentence,
        blank: blanked.word,
        encoder: { sentenceModel: SENTENCE_MODEL, vector: given.vector, ...filled },
        continuations,
        encoderDecoder: {
          model: pronounced.model,
          words: pronounced.words.map(({ word, pronunciations: [best] }) => ({ word, ...best })),
          unread: pronounced.unread,
        },
      },
    };
  },
});

interface Blanked {
  readonly word: string;
  readonly left: string;
  /** The sentence with [MASK] in the word's place. */
  readonly text: string;
}

interface Given extends Blanked {
  readonly sentence: string;
  readonly vector: readonly number[];
  readonly filled: FillMaskResult;
}

interface Continuation {
  readonly model: string;
  readonly family: "decoder-only" | "recurrent";
  readonly text: string;
}

function takeOut(sentence: string, asked: string | undefined): Blanked {
  const words = [...sentence.matchAll(/[\p{L}\p{N}'’-]+/gu)];
  if (words.length < 2 || words.length > MOST_WORDS) {
    throw new UserError(
      "option-invalid",
      `sentence has ${words.length} ${words.length === 1 ? "word" : "words"}; give 2 to ${MOST_WORDS}, so that each kind has something to read.`,
      { given: words.length },
    );
  }
  const chosen =
    asked === undefined
      ? words.reduce((longest, word) => (word[0].length > longest[0].length ? word : longest))
      : words.find(([word]) => word.toLowerCase() === asked.trim().toLowerCase());
  if (!chosen) {
    throw new UserError(
      "option-invalid",
      `blank is “${asked}”, which is no word of the sentence. Name one of: ${words.map(([word]) => word).join(", ")}.`,
      { blank: asked },
    );
  }
  const left = sentence.slice(0, chosen.index);
  const right = sentence.slice(chosen.index + chosen[0].length);
  return { word: chosen[0], left, text: `${left}[MASK]${right}` };
}

/** The first model of each family that writes on. */
function writers(engine: Engine): readonly Pick<Continuation, "model" | "family">[] {
  return (["decoder-only", "recurrent"] as const).flatMap((family) => {
    const model = engine.models().find((one) => one.family === family);
    return model ? [{ model: model.id, family }] : [];
  });
}

async function writeOn(
  { engine, signal }: Context,
  { model, family }: Pick<Continuation, "model" | "family">,
  prompt: string,
): Promise<Continuation> {
  const settings = { strategy: "greedy", maxNewTokens: CONTINUATION_TOKENS } as const;
  let text = "";
  for await (const event of engine.generate({ model, prompt, mode: "continuation", settings }, signal)) {
    if (event.type === "generation-end") text = event.outputs[0]?.text ?? "";
  }
  return { model, family, text };
}

/** @param continuations Known once the writers have written, as is `pronounced`. */
function card(given: Given, continuations?: readonly Continuation[], pronounced?: PronouncedText): Card {
  const { sentence, word, left, filled, vector } = given;
  const blocks: Block[] = [
    { type: "quote", text: sentence },
    heading(
      "Encoder",
      `${filled.model} and ${SENTENCE_MODEL}: saw the whole sentence at once, both sides of every word.`,
    ),
    {
      type: "list",
      items: [
        `One vector for the sentence: ${vector.length} numbers, ${vector
          .slice(0, 4)
          .map((x) => x.toFixed(3))
          .join(", ")}, …`,
        `“${word}” taken out: ${guesses(filled.blanks)}`,
      ],
    },
  ];
  if (!continuations || !pronounced) {
    blocks.push({ type: "text", text: "The decoder is writing …" });
    return { title: "Families of language models", blocks };
  }
  for (const { model, family, text } of continuations) {
    if (family === "decoder-only") {
      blocks.push(
        heading("Decoder", `${model}: each token saw only what stands left of it. It writes on:`),
        { type: "quote", text: [sentence, { bold: text }] },
        {
          type: "list",
          items: [
            left.trim() === ""
              ? `For “${word}”, the first word, it saw nothing.`
              : `For “${word}” it saw “${left.trim()}” and guesses: ${guesses(filled.leftOnly ?? [])}`,
          ],
        },
      );
    }
  }
  blocks.push(
    heading(
      "Encoder–decoder",
      `${pronounced.model ?? "none read it"}: for each word its encoder saw all the letters, and its decoder wrote the phonemes, seeing the letters and what it had written.`,
    ),
    { type: "quote", text: `/${pronounced.words.map(({ pronunciations: [best] }) => best!.ipa).join(" ")}/` },
  );
  if (pronounced.unread.length > 0) {
    blocks.push({ type: "text", text: `It can't read ${pronounced.unread.join(", ")}.` });
  }
  for (const { model, family, text } of continuations) {
    if (family !== "recurrent") continue;
    blocks.push(
      heading(
        "And before: recurrent",
        `${model}: read token by token; all it knows of the sentence is one state of fixed size. It writes on:`,
      ),
      { type: "quote", text: [sentence, { bold: text }] },
    );
  }
  return {
    title: "Families of language models",
    blocks,
    footer: "greedy decoding; /models lists every model",
  };
}

function heading(family: string, saw: string): Block {
  return { type: "text", text: [{ bold: family }, ` ${saw}`] };
}

function guesses(blanks: FillMaskResult["blanks"]): string {
  const predictions = blanks[0]?.predictions ?? [];
  return predictions.map(({ word, probability }) => `${word} ${(100 * probability).toFixed(0)} %`).join(", ");
}
