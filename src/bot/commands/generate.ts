import type { PromptMode } from "../../engine/engine.ts";
import { PRESETS } from "../../engine/generation/presets.ts";
import { drawsRandomly } from "../../engine/generation/settings.ts";
import type { ActionRow } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { continuationLink } from "../decoding/continuation-link.ts";
import { advance, type GenerationState, generationCard, NOTHING_YET } from "../decoding/generation-card.ts";
import { decodingOptions, promptOptions } from "../decoding/generation-options.ts";
import { type DecodingValues, generationRequest, type PromptValues } from "../decoding/generation-request.ts";
import { keepRun } from "../decoding/kept-runs.ts";
import { traceCard } from "../decoding/trace-card.ts";
import { transformersBlock } from "../decoding/transformers-block.ts";
import { UserError } from "../errors.ts";
import type { Place, Replies } from "../invocation.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand, optionName } from "./spec.ts";

const options = {
  ...promptOptions,
  preset: {
    type: "string",
    choices: Object.values(PRESETS).map(({ name, whenToUse }) => ({
      name: `${name}: ${whenToUse}`.slice(0, 100),
      value: name,
    })),
    description: "A set of settings with a purpose; options given beside it win",
  },
  ...decodingOptions,
  trace: {
    type: "boolean",
    default: false,
    description: "Show each step: candidates, what was cut, the choice",
  },
  showCode: {
    type: "boolean",
    default: false,
    description: "Show the same call in Python with transformers",
  },
} as const;

export type GenerateValues = PromptValues &
  DecodingValues & {
    readonly preset: string | undefined;
    readonly trace: boolean;
    readonly showCode: boolean;
  };

export const generate = defineCommand({
  name: "generate",
  description: "Let a language model write on, by the decoding method you choose",
  help:
    "Runs a real language model and shows its text as it is written. Choose how each next token is chosen: greedy, sampling with temperature, top-k, top-p and others, beam search, diverse beam search, contrastive search. " +
    "The model was tuned to follow instructions; a plain continuation imitates how a foundation model is used, it does not make it one. Every result shows its seed and the command that makes it again.",
  options,
  examples: [
    '/generate prompt:"The nice woman" strategy:greedy',
    '/generate prompt:"The nice woman" top-p:0.9 seed:7',
    '/generate prompt:"The nice woman" strategy:beam num-beams:4 num-return-sequences:4',
    '/generate prompt:"What is a nucleus in decoding?" mode:chat preset:safe',
  ],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  run: ({ options, person, place }, context) =>
    runGeneration(options, { personId: person.id, place }, context),
});

/** Runs one generation and yields its card as it grows; also what "another seed" starts. */
export async function* runGeneration(
  options: GenerateValues,
  { personId, place }: { readonly personId: string; readonly place: Place },
  context: Context,
): Replies {
  const { engine, signal } = context;
  const { request, notes } = await generationRequest(options, engine);
  const isRead = engine
    .models()
    .some(({ id, family }) => id === request.model && family === "encoder-decoder");
  if (isRead && (options.showCode || options.trace)) {
    throw new UserError(
      "option-unusable",
      `${request.model} is an encoder–decoder; its steps and its Python are not shown. Leave ${options.trace ? "trace" : "show-code"} out.`,
      { model: request.model },
    );
  }
  const about = { prompt: options.prompt, mode: options.mode as PromptMode, isRead, notes };
  let state: GenerationState = NOTHING_YET;
  const settings = { ...request.settings, trace: options.trace };
  for await (const event of engine.generate({ ...request, settings }, signal)) {
    state = advance(state, event);
    if (event.type !== "generation-end") yield { kind: "message", card: generationCard(state, about) };
  }
  const { start, end } = state;
  if (!start || !end) return;
  const repeatable = {
    ...options,
    model: start.model,
    seed: drawsRandomly(start.settings.strategy) ? start.seed : undefined,
  };
  const command = formatCommand("generate", typedOptions(repeatable));
  const record = await keepRun(context, { personId, courseId: place.courseId, options: repeatable });
  const card = generationCard(state, {
    ...about,
    permalink: command,
    actions: isRead ? [] : buttons(record, start.settings.strategy),
  });
  const { outputs } = end;
  const links = isRead
    ? []
    : continuationLink(context, place, { ...about, ...start, outputs, systemPrompt: options.systemPrompt });
  const code = options.showCode ? [transformersBlock(start, about)] : [];
  const steps = options.trace ? await traceCard(state.trace, options.prompt, start.model, engine) : [];
  yield {
    kind: "message",
    card: { ...card, blocks: [...card.blocks, ...steps, ...code], links },
    data: {
      model: start.model,
      prompt: options.prompt,
      mode: options.mode,
      settings: start.settings,
      seed: start.seed,
      outputs,
      timing: end.timing,
      warnings: [...notes, ...start.warnings],
      command,
      ...(options.trace ? { trace: state.trace } : {}),
      ...(code[0] ? { code: code[0].code } : {}),
    },
  };
}

function buttons(record: string, strategy: Parameters<typeof drawsRandomly>[0]): ActionRow[] {
  return [
    {
      buttons: [
        ...(drawsRandomly(strategy) ? [{ label: "Another seed", action: "generate.again", record }] : []),
        { label: "How it chose", action: "generate.steps", record },
        { label: "Show code", action: "generate.code", record },
      ],
    },
  ];
}

/** The options that differ from their defaults, as the person would type them. */
function typedOptions(values: GenerateValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([key, spec]) => {
        const value = values[key as keyof GenerateValues];
        return value !== undefined && !("default" in spec && spec.default === value);
      })
      .map(([key]) => [optionName(key), values[key as keyof GenerateValues]]),
  );
}
