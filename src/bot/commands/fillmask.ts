import {
  type BlankResult,
  FILL_METHODS,
  type FillMaskResult,
  type FillMethodName,
  fillMask,
} from "../../engine/encoding/fill-mask/fill-mask.ts";
import type { BarsBlock, Block } from "../cards/card.ts";
import { playgroundLink } from "../decoding/playground-link.ts";
import { UserError } from "../errors.ts";
import { formatCommand } from "./format-command.ts";
import { modelOption } from "./model-option.ts";
import { defineCommand } from "./spec.ts";

const METHOD_NAMES: Record<FillMethodName, string> = {
  encoder: "encoder: a masked model that sees both sides",
  decoder: "decoder: a language model that sees the left side only",
  rescored: "rescored: candidates of both, each scored in the whole sentence",
};

export const fillmask = defineCommand({
  name: "fillmask",
  description: "Fill the blanks of a sentence, as BERT was trained to",
  help: "Write [MASK] or ___ where words are missing. Compare what a model guesses that sees both sides (encoder), one that only sees the left (decoder), and the joint method (rescored). With targets, only the words you name are compared, which shows a model's prejudices.",
  options: {
    text: {
      type: "string",
      main: true,
      required: true,
      maxLength: 3000,
      description: "A sentence with [MASK] or ___ where a word is missing",
    },
    method: {
      type: "string",
      choices: FILL_METHODS.map((value) => ({ name: METHOD_NAMES[value], value })),
      description: "Who fills; left out, the method that does best on held-out sentences",
    },
    top: { type: "integer", min: 1, max: 20, default: 5, description: "Words to show for each blank" },
    targets: {
      type: "string",
      maxLength: 300,
      description: "Compare only these words, separated by commas, e.g. he, she, they",
    },
    model: modelOption("Which masked model fills; /models lists them", ({ kind }) => kind === "masked"),
    why: { type: "boolean", default: false, description: "Show beside it what the left side alone suggests" },
  },
  examples: [
    '/fillmask text:"Paris is the [MASK] of France."',
    '/fillmask text:"The doctor said ___ was late." targets:"he, she, they"',
    '/fillmask text:"She put the ___ in the oven to bake." why:true',
  ],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options, place }, context) {
    const { engine, signal } = context;
    const { text, top, why } = options;
    // Who names a masked model wants to see that one.
    const named = options.model === undefined ? undefined : "encoder";
    const method = (options.method ?? named) as FillMethodName | undefined;
    if (options.model !== undefined && method === "decoder") {
      throw new UserError(
        "option-unusable",
        "model names the masked model, and method:decoder asks none. Leave one of the two out.",
        { option: "model" },
      );
    }
    const masked = engine.maskedModel(options.model);
    const targets = options.targets?.split(",").filter((word) => word.trim() !== "");
    const scorer = method === "encoder" && !why ? undefined : engine.textScorer();
    const result = await fillMask(
      engine.encoders,
      scorer,
      { text, top, why, masked, ...(method ? { method } : {}), ...(targets ? { targets } : {}) },
      signal,
    );
    const command = formatCommand("fillmask", {
      text,
      method: result.method,
      top: top === 5 ? undefined : top,
      targets: options.targets,
      model: options.model,
      why: why || undefined,
    });
    yield {
      kind: "message",
      card: {
        title: "Fill the blank",
        blocks: blocksOf(result),
        links: playgroundLink(context, place, "blanks", {
          text,
          // The sentence has its blanks already; no further word is left out.
          blank: "none",
          method: result.method,
          "masked-model": options.model,
          targets: options.targets,
        }),
        footer: [
          `${result.model} · ${METHOD_NAMES[result.method]} · ${result.timing.ms} ms\nAgain: `,
          { code: command },
        ],
      },
      data: { ...result, command },
    };
  },
});

function blocksOf(result: FillMaskResult): Block[] {
  const several = result.blanks.length > 1;
  const blocks: Block[] = [];
  const best = result.fillings?.[0]?.text ?? result.blanks[0]?.predictions[0]?.text;
  if (best) blocks.push({ type: "quote", text: best });
  for (const blank of result.blanks) {
    if (several) blocks.push({ type: "text", text: [{ bold: `Blank ${blank.index + 1}` }] });
    blocks.push(bars(blank));
  }
  if (result.fillings) {
    blocks.push(
      { type: "text", text: [{ bold: "All blanks together" }, `, filled in the order ${orderOf(result)}`] },
      {
        type: "list",
        ordered: true,
        items: result.fillings.map(({ text, probability }) => `${text} (${percent(probability)})`),
      },
    );
  }
  if (result.leftOnly) {
    blocks.push({
      type: "text",
      text: [{ bold: "From the left side alone" }, " (a decoder that does not see what follows)"],
    });
    for (const blank of result.leftOnly) blocks.push(bars(blank));
  }
  return blocks;
}

function orderOf({ fillings }: FillMaskResult): string {
  return (fillings?.[0]?.order ?? []).map((blank) => blank + 1).join(", ");
}

function bars({ predictions }: BlankResult): BarsBlock {
  return {
    type: "bars",
    unit: "probability",
    bars: predictions.map(({ word, probability, share }) => ({
      label: word,
      value: share ?? probability,
      ...(share === undefined ? {} : { note: `probability ${percent(probability)}` }),
    })),
  };
}

function percent(probability: number): string {
  return `${(100 * probability).toPrecision(3)} %`;
}
