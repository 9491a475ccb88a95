import type { Decoder } from "./decoder.ts";
import { DecodingOptionError } from "./errors.ts";
import type { GenerationSettings } from "./settings.ts";
import type { DecoderContext } from "./stopping.ts";
import { createBeamDecoder } from "./strategies/beam-search.ts";
import { createContrastiveDecoder } from "./strategies/contrastive-search.ts";
import { createSamplingDecoder } from "./strategies/sampling.ts";

/**
 * Makes the decoder for one request.
 * @param settings From `resolveSettings`; only what depends on the model is checked here.
 * @throws {DecodingOptionError} for token ids outside the vocabulary, and for settings about the end of the
 *   sequence that contradict the model's end-of-sequence tokens.
 */
export function createDecoder(settings: GenerationSettings, context: DecoderContext): Decoder {
  checkTokenIds(settings, context);
  switch (settings.strategy) {
    case "greedy":
    case "sample":
      return createSamplingDecoder(settings, context);
    case "beam":
    case "beam-sample":
    case "diverse-beam":
      return createBeamDecoder(settings, context);
    case "contrastive":
      return createContrastiveDecoder(settings, context);
  }
}

function checkTokenIds(
  settings: GenerationSettings,
  { vocabSize, eosTokenIds, promptIds }: DecoderContext,
): void {
  if (promptIds.length === 0) throw new Error("promptIds is empty; a prompt has at least one token");
  const listed = {
    badWords: settings.badWords.flat(),
    suppressTokens: settings.suppressTokens,
    forcedTokens: settings.forcedTokens.map(({ tokenId }) => tokenId),
  };
  for (const [option, ids] of Object.entries(listed)) {
    const outside = ids.find((id) => id >= vocabSize);
    if (outside === undefined) continue;
    throw new DecodingOptionError({
      option,
      given: outside,
      allowed: `token ids from 0 to ${vocabSize - 1}`,
      hint: "Tokenize with this model's own tokenizer.",
    });
  }
  const eosWord = settings.badWords.find(
    (word) => word.length === 1 && eosTokenIds.includes(word[0] as number),
  );
  if (eosWord) {
    throw new DecodingOptionError({
      option: "badWords",
      given: eosWord,
      allowed: "words other than the end of the sequence",
      hint: "To put off the end use min-new-tokens; to rule it out put it into suppress-tokens.",
    });
  }
  const longest = promptIds.length + settings.maxNewTokens;
  if (settings.minLength > longest) {
    throw new DecodingOptionError({
      option: "minLength",
      given: settings.minLength,
      allowed: `at most ${longest}, the prompt's ${promptIds.length} tokens and max-new-tokens ${settings.maxNewTokens}`,
      hint: "min-length counts the prompt too. Lower it, or raise max-new-tokens.",
    });
  }
}
