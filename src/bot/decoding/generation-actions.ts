import type { PromptMode } from "../../engine/engine.ts";
import type { Action } from "../actions.ts";
import { type GenerateValues, runGeneration } from "../commands/generate.ts";
import { advance, type GenerationState, NOTHING_YET } from "./generation-card.ts";
import { generationRequest } from "./generation-request.ts";
import { keptOptions } from "./kept-runs.ts";
import { traceCard } from "./trace-card.ts";
import { transformersBlock } from "./transformers-block.ts";

/** Tokens of a text whose choice is shown; the rest would not fit a message that one reads. */
const SHOWN_STEPS = 12;

const again: Action = {
  name: "generate.again",
  visibility: "channel",
  costly: true,
  async *run({ record, person, place }, context) {
    const { seed: _old, ...options } = await keptOptions<GenerateValues>(context, record);
    yield* runGeneration({ ...options, seed: undefined }, { personId: person.id, place }, context);
  },
};

const steps: Action = {
  name: "generate.steps",
  costly: true,
  async *run({ record }, context) {
    const options = await keptOptions<GenerateValues>(context, record);
    const { request } = await generationRequest(options, context.engine);
    const maxNewTokens = Math.min(SHOWN_STEPS, request.settings.maxNewTokens ?? SHOWN_STEPS);
    const settings = { ...request.settings, maxNewTokens, minNewTokens: 0, trace: true };
    let state: GenerationState = NOTHING_YET;
    for await (const event of context.engine.generate({ ...request, settings }, context.signal)) {
      state = advance(state, event);
    }
    if (!state.start) return;
    yield {
      kind: "message",
      card: {
        title: `How it chose: the first ${Math.min(SHOWN_STEPS, state.trace.length)} steps`,
        blocks: await traceCard(state.trace, options.prompt, state.start.model, context.engine),
        footer: ["The command line's ", { code: "--trace --json" }, " has every step in full."],
      },
      data: { trace: state.trace },
    };
  },
};

const code: Action = {
  name: "generate.code",
  async *run({ record }, context) {
    const options = await keptOptions<GenerateValues>(context, record);
    const { request } = await generationRequest(options, context.engine);
    const block = transformersBlock(
      { model: request.model ?? "", settings: request.settings, seed: request.settings.seed ?? 0 },
      { prompt: options.prompt, mode: options.mode as PromptMode },
    );
    yield {
      kind: "message",
      card: { title: "The same in Python", blocks: [block] },
      data: { code: block.code },
    };
  },
};

export const generationActions: readonly Action[] = [again, steps, code];
