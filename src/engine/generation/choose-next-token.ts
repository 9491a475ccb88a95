import { processRow } from "./process-row.ts";
import { tokenIdAt } from "./processors/candidates.ts";
import { createProcessorChain } from "./processors/chain.ts";
import { createUniformDraw } from "./random.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { drawsRandomly, type GenerationSettings } from "./settings.ts";
import { drawCandidate, likeliest } from "./strategies/choose.ts";

/** Where in a text the token is to be chosen. */
export interface ChoiceContext {
  readonly promptIds: readonly number[];
  /** The tokens that stand after the prompt already. */
  readonly writtenIds: readonly number[];
  /** Tokens that end a sequence, for the minimum length. */
  readonly eosTokenIds: readonly number[];
}

/**
 * The token that greedy decoding or sampling (by the strategy among the settings) writes at this place: the same
 * one as in one go, when every token before it was chosen so as well. Sampling takes the draw of this place from
 * the seed, so that going back and forth changes nothing.
 * @param logits Shape [vocabSize], unnormalised, after prompt and written tokens; left as they are.
 * @throws {DecodingOptionError} as `resolveSettings` does; {NoTokenLeftError} when penalties leave no token
 */
export function chooseNextToken(
  logits: Float32Array,
  given: Partial<GenerationSettings>,
  { promptIds, writtenIds, eosTokenIds }: ChoiceContext,
): number {
  const { settings } = resolveSettings(given);
  const { candidates } = processRow(logits.slice(), createProcessorChain(settings, eosTokenIds), {
    history: { tokenIds: [...promptIds, ...writtenIds], promptLength: promptIds.length },
    step: writtenIds.length,
    asLogProbs: false,
    snapshots: false,
  });
  if (!drawsRandomly(settings.strategy)) return tokenIdAt(candidates, likeliest(candidates));
  const draw = createUniformDraw(settings.seed, 0);
  let uniform = draw();
  for (let place = 0; place < writtenIds.length; place++) uniform = draw();
  return tokenIdAt(candidates, drawCandidate(candidates, uniform));
}
