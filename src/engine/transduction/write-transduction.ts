import type { GenerateRequest, GenerationEvent, TransduceRequest } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { refuseSetting } from "../generation/errors.ts";
import { resolveSettings } from "../generation/resolve-settings.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import type { Transduction } from "./transduction-protocol.ts";

/**
 * A text-to-text model such as T5 as /generate asks it: the prompt is what the encoder reads, and the texts come when
 * they are finished.
 * @throws {EngineError} "wrong-family" for a model over other alphabets than texts; "no-chat-template"
 * @throws {DecodingOptionError}
 */
export async function* writeTransduction(
  { description, layout }: CatalogueEntry,
  { prompt, mode, settings: given }: GenerateRequest,
  transduce: (request: TransduceRequest, signal?: AbortSignal) => Promise<Transduction>,
  signal?: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
  const { id: model } = description;
  if (layout !== "transformers.js") {
    throw new EngineError(
      "wrong-family",
      `${model} does not write text: ${description.purpose} Ask it with its own command, or choose another model from /models.`,
      { model },
    );
  }
  if (mode === "chat") {
    throw new EngineError(
      "no-chat-template",
      `${model} was not tuned for chat and has no chat template. Use the continuation mode: the prompt is what it reads.`,
      { model },
    );
  }
  const { settings, warnings } = resolveSettings(given);
  if (settings.trace) {
    refuseSetting(
      "trace",
      true,
      "off for an encoder–decoder",
      "Leave trace out, or choose a decoder-only model.",
    );
  }
  const { inputIds, outputs, timing } = await transduce({ model, input: prompt, settings: given }, signal);
  yield {
    type: "generation-start",
    model,
    promptIds: inputIds,
    settings,
    seed: settings.seed,
    warnings: warnings.map(({ message }) => message),
  };
  yield {
    type: "generation-end",
    outputs: outputs.map(({ text, tokenIds, tokenLogProbs, logProb, score, finishReason }) => ({
      text,
      tokenIds,
      tokenLogProbs,
      logProb,
      ...(score === undefined ? {} : { score }),
      finishReason,
    })),
    timing,
  };
}
