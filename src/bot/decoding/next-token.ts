import type { Engine, NextTokenRequest } from "../../engine/engine.ts";
import { defaultModel } from "./generation-request.ts";

/** One forward pass, with what a page needs to choose the next token by itself. */
export interface NextToken {
  readonly model: string;
  readonly promptIds: readonly number[];
  /** Shape [vocabSize], unnormalised. */
  readonly logits: Float32Array;
  /** Readable pieces of the prompt's and the chosen tokens and of the likeliest next ones, by token id. */
  readonly texts: readonly (readonly [number, string])[];
}

/** Pieces of this many next tokens come along; settings seldom lift others up, and those are asked for. */
const NAMED = 200;

/** @throws what `Engine.nextTokenLogits` does; {UserError} "no-model" */
export async function nextToken(
  engine: Engine,
  request: NextTokenRequest,
  signal?: AbortSignal,
): Promise<NextToken> {
  const asked = { ...request, model: request.model ?? defaultModel(engine) };
  const { model, promptIds, logits } = await engine.nextTokenLogits(asked, signal);
  const likeliest = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, NAMED);
  const ids = [...new Set([...promptIds, ...(request.chosenIds ?? []), ...likeliest])];
  return { model, promptIds, logits, texts: await readablePieces(engine, model, ids) };
}

/** The readable pieces of token ids. */
export async function readablePieces(
  engine: Engine,
  model: string,
  ids: readonly number[],
): Promise<readonly (readonly [number, string])[]> {
  const pieces = await engine.describeTokens(model, ids);
  return pieces.map(({ id, text }) => [id, text]);
}
