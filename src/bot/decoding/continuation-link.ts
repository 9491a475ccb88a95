import type { GenerationOutput, PromptMode } from "../../engine/engine.ts";
import type { GenerationSettings } from "../../engine/generation/settings.ts";
import type { CardLink } from "../cards/card.ts";
import type { Services } from "../context.ts";
import type { Place } from "../invocation.ts";
import { playgroundLink, sliderParams } from "./playground-link.ts";

/** As many tokens as the playground takes after a prompt. */
const MOST_TOKENS = 500;

interface Continuation {
  readonly model: string;
  readonly prompt: string;
  readonly mode: PromptMode;
  readonly systemPrompt?: string | undefined;
  readonly settings: GenerationSettings;
  readonly seed: number;
  readonly outputs: readonly GenerationOutput[];
}

/**
 * The link that opens a written text in the playground, token by token, with the distribution that the next one
 * would be drawn from. None where the playground could not show the same: for several texts, a system prompt, or
 * settings without a slider. Beams and contrastive search weigh whole texts: for these the distribution is the model's.
 */
export function continuationLink(
  services: Pick<Services, "playgroundUrl">,
  place: Place,
  { model, prompt, mode, systemPrompt, settings, seed, outputs }: Continuation,
): CardLink[] {
  const [output, ...others] = outputs;
  if (!output || others.length > 0 || output.tokenIds.length > MOST_TOKENS) return [];
  if (systemPrompt !== undefined) return [];
  const choosesByToken = settings.strategy === "greedy" || settings.strategy === "sample";
  const sliders = choosesByToken ? sliderParams(settings) : {};
  if (!sliders) return [];
  const chosen = output.tokenIds.join(",");
  return playgroundLink(services, place, "next", { prompt, mode, model, seed, ...sliders, chosen });
}
