import type { Engine, GenerateRequest, GenerationEvent, GenerationOutput } from "../../src/engine/engine.ts";
import type { GenerationSettings } from "../../src/engine/generation/settings.ts";

type EventOf<Type extends GenerationEvent["type"]> = Extract<GenerationEvent, { type: Type }>;

/** A plain continuation with some settings. */
export function continuation(prompt: string, settings: Partial<GenerationSettings> = {}): GenerateRequest {
  return { prompt, mode: "continuation", settings };
}

/** Every event of one request. */
export async function collect(
  engine: Engine,
  request: GenerateRequest,
  signal?: AbortSignal,
): Promise<GenerationEvent[]> {
  return Array.fromAsync(engine.generate(request, signal));
}

export function eventsOf<Type extends GenerationEvent["type"]>(
  events: readonly GenerationEvent[],
  type: Type,
): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** What one request ends with. */
export async function outputsOf(
  engine: Engine,
  request: GenerateRequest,
): Promise<readonly GenerationOutput[]> {
  return eventsOf(await collect(engine, request), "generation-end")[0]!.outputs;
}
