import type { Engine, GenerateRequest, PromptMode } from "../../engine/engine.ts";
import { presetSettings } from "../../engine/generation/presets.ts";
import type {
  ForcedToken,
  GenerationSettings,
  Strategy,
  WordList,
} from "../../engine/generation/settings.ts";
import { type OptionValues, optionName } from "../commands/spec.ts";
import { UserError } from "../errors.ts";
import type { decodingOptions, promptOptions } from "./generation-options.ts";
import { drawSeed } from "./seed.ts";

export type PromptValues = OptionValues<typeof promptOptions>;
export type DecodingValues = OptionValues<typeof decodingOptions>;

/** Options that mean drawing; the first one given is named when the strategy follows from it. */
const SAMPLING_OPTIONS = [
  "temperature",
  "topP",
  "topK",
  "minP",
  "typicalP",
  "epsilonCutoff",
  "etaCutoff",
  "topNSigma",
] as const satisfies readonly (keyof DecodingValues)[];

/** Settings whose option has the same name and value type. */
const PLAIN_SETTINGS = [
  ...SAMPLING_OPTIONS,
  "maxNewTokens",
  "minNewTokens",
  "minLength",
  "numBeams",
  "numBeamGroups",
  "diversityPenalty",
  "lengthPenalty",
  "numReturnSequences",
  "penaltyAlpha",
  "repetitionPenalty",
  "frequencyPenalty",
  "presencePenalty",
  "noRepeatNgramSize",
  "seed",
] as const satisfies readonly (keyof DecodingValues & keyof GenerationSettings)[];

/** New tokens when nobody says how many: a few sentences. */
const USUAL_LENGTH = 60;

/**
 * Turns checked options into an engine request.
 * @param preset Settings to start from; options given beside it win.
 * @returns the request, and what to tell the person (which strategy was inferred and why).
 */
export async function generationRequest(
  options: PromptValues & Partial<DecodingValues> & { readonly preset?: string | undefined },
  engine: Engine,
): Promise<{ request: GenerateRequest; notes: string[] }> {
  const base = options.preset === undefined ? {} : presetSettings(options.preset);
  const notes: string[] = [];
  const settings: Writable<Partial<GenerationSettings>> = { maxNewTokens: USUAL_LENGTH, ...base };
  for (const name of PLAIN_SETTINGS) {
    if (options[name] !== undefined) settings[name] = options[name];
  }
  settings.seed = options.seed ?? drawSeed();
  const inferred = inferStrategy(options, base.strategy);
  settings.strategy = inferred.strategy;
  if (inferred.note) notes.push(inferred.note);
  if (options.earlyStopping !== undefined) {
    settings.earlyStopping = options.earlyStopping === "never" ? "never" : options.earlyStopping === "true";
  }
  if (options.stop !== undefined) settings.stopStrings = parts(options.stop, "|");
  if (options.maxTime !== undefined) settings.maxTimeMs = options.maxTime * 1000;
  const model = options.model ?? defaultModel(engine);
  if (options.badWords !== undefined) settings.badWords = await badWordIds(engine, model, options.badWords);
  if (options.suppressTokens !== undefined) settings.suppressTokens = tokenIds(options.suppressTokens);
  if (options.forcedStart !== undefined)
    settings.forcedTokens = await forcedIds(engine, model, options.forcedStart);
  if (options.wordList !== undefined) settings.wordList = options.wordList as WordList;
  if (options.systemPrompt !== undefined && options.mode !== "chat") {
    throw new UserError(
      "option-unusable",
      "system-prompt needs mode:chat: a plain continuation has no system turn. Add mode:chat, or put the words into the prompt.",
    );
  }
  const request: GenerateRequest = {
    model,
    prompt: options.prompt,
    mode: options.mode as PromptMode,
    settings,
    ...(options.systemPrompt === undefined ? {} : { systemPrompt: options.systemPrompt }),
  };
  return { request, notes };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function inferStrategy(
  options: Partial<DecodingValues>,
  preset: Strategy | undefined,
): { strategy: Strategy; note?: string } {
  if (options.strategy !== undefined) return { strategy: options.strategy as Strategy };
  if (preset !== undefined) return { strategy: preset };
  const sampling = SAMPLING_OPTIONS.find((name) => options[name] !== undefined && options[name] !== 0);
  const because = (strategy: Strategy, option: string) => ({
    strategy,
    note: `Strategy ${strategy}, since ${option} was given and no strategy.`,
  });
  if (options.penaltyAlpha !== undefined) return because("contrastive", "penalty-alpha");
  if (options.numBeamGroups !== undefined) return because("diverse-beam", "num-beam-groups");
  if (options.diversityPenalty !== undefined) return because("diverse-beam", "diversity-penalty");
  if (options.numBeams !== undefined) {
    return sampling
      ? because("beam-sample", `num-beams and ${optionName(sampling)}`)
      : because("beam", "num-beams");
  }
  if (options.lengthPenalty !== undefined) return because("beam", "length-penalty");
  if (options.earlyStopping !== undefined) return because("beam", "early-stopping");
  if (sampling) return because("sample", optionName(sampling));
  if (options.numReturnSequences !== undefined && options.numReturnSequences > 1) {
    return because("sample", "num-return-sequences");
  }
  if (options.seed !== undefined) return because("sample", "seed");
  return { strategy: "greedy" };
}

export function defaultModel(engine: Engine): string {
  const model = engine.models().find(({ family }) => family === "decoder-only");
  if (!model) {
    throw new UserError(
      "no-model",
      "No model that writes text is installed. Restore models/ from the repository.",
    );
  }
  return model.id;
}

function parts(text: string, separator: string): string[] {
  return text.split(separator).filter((part) => part.trim() !== "");
}

/** A word is forbidden both at the start of a text and after a space, which are different tokens. */
async function badWordIds(engine: Engine, model: string, text: string): Promise<number[][]> {
  const forms = parts(text, "|").flatMap((word) => [word.trim(), ` ${word.trim()}`]);
  return Promise.all(forms.map(async (form) => (await engine.tokenize(model, form)).map(({ id }) => id)));
}

async function forcedIds(engine: Engine, model: string, text: string): Promise<ForcedToken[]> {
  return (await engine.tokenize(model, text)).map(({ id }, step) => ({ step, tokenId: id }));
}

function tokenIds(text: string): number[] {
  return parts(text, ",").map((part) => {
    const id = Number(part.trim());
    if (Number.isSafeInteger(id) && id >= 0) return id;
    throw new UserError(
      "option-invalid",
      `suppress-tokens has "${part.trim()}"; it must be token ids separated by commas, e.g. 198,216. /tokens shows the ids of a text.`,
      { option: "suppress-tokens", given: part.trim() },
    );
  });
}
