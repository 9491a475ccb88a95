import type { Engine, PromptMode } from "../../engine/engine.ts";
import type { ModelDescription } from "../../engine/models/catalogue.ts";
import type { Block, Card } from "../cards/card.ts";
import { advance, type GenerationState, NOTHING_YET } from "../decoding/generation-card.ts";
import { promptOptions, wordListOption } from "../decoding/generation-options.ts";
import { defaultModel, generationRequest } from "../decoding/generation-request.ts";
import { UserError } from "../errors.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand } from "./spec.ts";

export const promptModes = defineCommand({
  name: "prompt-modes",
  description: "One question as plain text to continue, and through the chat template, side by side",
  help:
    "A foundation model continues text; an instruct model was tuned further to answer, and expects the question inside its chat template. " +
    "Where a base and an instruct model of one family are installed, the base model continues and the instruct model answers; else one instruct model does both, and the card says so.",
  options: {
    prompt: { ...promptOptions.prompt, description: "The question" },
    model: {
      ...promptOptions.model,
      description: "The instruct model, or its base; left out, a pair where there is one",
    },
    maxNewTokens: {
      type: "integer",
      min: 1,
      max: 300,
      default: 60,
      description: "Longest text of each, in tokens",
    },
    wordList: wordListOption,
  },
  examples: ['/prompt-modes prompt:"Name three colours."'],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options }, { engine, signal }) {
    const pair = modelsFor(engine, options.model);
    const runs: Run[] = [
      { mode: "continuation", model: pair.continues, state: NOTHING_YET },
      { mode: "chat", model: pair.answers, state: NOTHING_YET },
    ];
    const card = (footer?: Card["footer"]): Card => ({
      title: "Prompt modes",
      blocks: [{ type: "text", text: pair.about }, ...runs.flatMap((run) => runBlocks(run, options.prompt))],
      ...(footer && { footer }),
    });
    for (const run of runs) {
      const { request } = await generationRequest(
        {
          prompt: options.prompt,
          mode: run.mode,
          model: run.model.id,
          strategy: "greedy",
          maxNewTokens: options.maxNewTokens,
          wordList: options.wordList,
        },
        engine,
      );
      for await (const event of engine.generate(request, signal)) {
        run.state = advance(run.state, event);
        yield { kind: "message", card: card() };
      }
    }
    const command = formatCommand("prompt-modes", {
      prompt: options.prompt,
      model: options.model,
      "max-new-tokens": options.maxNewTokens === 60 ? undefined : options.maxNewTokens,
      "word-list": options.wordList,
    });
    yield {
      kind: "message",
      card: card(["greedy decoding in both\nAgain: ", { code: command }]),
      data: {
        prompt: options.prompt,
        runs: runs.map(({ mode, model, state }) => ({
          mode,
          model: model.id,
          kind: model.kind,
          text: state.outputs[0]?.text ?? "",
          finishReason: state.outputs[0]?.finishReason,
          promptTokens: state.start?.promptIds.length,
        })),
        command,
      },
    };
  },
});

interface Run {
  readonly mode: PromptMode;
  readonly model: ModelDescription;
  state: GenerationState;
}

interface Pair {
  readonly continues: ModelDescription;
  readonly answers: ModelDescription;
  readonly about: string;
}

/**
 * A base and an instruct model of one family, or one instruct model for both modes.
 * @throws {UserError} "model-unknown", "model-not-instruct"
 */
export function modelsFor(engine: Pick<Engine, "models">, wanted: string | undefined): Pair {
  const decoders = engine.models().filter(({ family }) => family === "decoder-only");
  const found = wanted === undefined ? undefined : decoders.find(({ id }) => id === wanted.trim());
  if (wanted !== undefined && !found) {
    throw new UserError(
      "model-unknown",
      `There is no decoder-only model "${wanted.slice(0, 80).toWellFormed()}". Choose ${decoders.map(({ id }) => id).join(" or ")}.`,
    );
  }
  const candidates = found ? [found] : decoders;
  for (const one of candidates) {
    const other = decoders.find((each) => each.kind !== one.kind && stem(each.id) === stem(one.id));
    if (!other) continue;
    const [continues, answers] = one.kind === "base" ? [one, other] : [other, one];
    return {
      continues,
      answers,
      about: `${continues.id} is a base model: it was trained to continue text. ${answers.id} was made from it and tuned to follow instructions.`,
    };
  }
  const alone =
    found ??
    decoders.find(({ kind }) => kind === "instruct") ??
    decoders.find(({ id }) => id === defaultModel(engine as Engine))!;
  if (alone.kind !== "instruct") {
    throw new UserError(
      "model-not-instruct",
      `${alone.id} is a ${alone.kind} model and no instruct model of its family is installed, so there is no chat template to compare with. /models lists what there is.`,
    );
  }
  return {
    continues: alone,
    answers: alone,
    about: `${alone.id} was tuned to follow instructions, and so it is in both modes: a plain continuation shows how a base model is used, it does not make this one a base model.`,
  };
}

/** "smollm2-135m-instruct" and "onnx-community/SmolLM2-135M-ONNX" are one family and size, whoever put them on the Hub. */
function stem(id: string): string {
  const name = id.toLowerCase().split("/").at(-1)!;
  return name.replace(/[-_.](instruct|it|chat|base|onnx)(?=$|[-_.])/g, "");
}

function runBlocks({ mode, model, state }: Run, prompt: string): Block[] {
  const heading = mode === "continuation" ? "Plain continuation" : "Through the chat template";
  const written = state.end ? (state.outputs[0]?.text ?? "") : `${state.text} ▍`;
  const note = state.end && endInWords(state);
  return [
    { type: "text", text: [{ bold: heading }, ` ${model.id} (${model.kind})`] },
    {
      type: "quote",
      text: mode === "continuation" ? [{ bold: prompt }, written] : [`${prompt}\n`, { bold: "→ " }, written],
    },
    ...(note ? [{ type: "text" as const, text: [{ italic: note }] }] : []),
  ];
}

/** What the text alone does not tell. */
function endInWords({ outputs: [output] }: GenerationState): string | undefined {
  if (output?.finishReason === "max-new-tokens") return "The text was cut at its longest length.";
  if (output?.text.trim() === "")
    return "It wrote nothing: the likeliest next token was the end of the text.";
  return undefined;
}
