import type { NextToken } from "../../../../bot/decoding/next-token.ts";
import { unpackLogits } from "../../pack-logits.ts";
import type { WireRun } from "../../wire.ts";
import { ask, call } from "../api.ts";

export interface NextRequest {
  readonly prompt: string;
  readonly mode: string;
  readonly model?: string;
  readonly chosenIds: readonly number[];
}

/** Readable pieces of tokens, by model and id; they never change. */
const pieces = new Map<string, string>();

export function pieceOf(model: string, id: number): string | undefined {
  return pieces.get(`${model}/${id}`);
}

function keep(model: string, texts: NextToken["texts"]): void {
  for (const [id, text] of texts) pieces.set(`${model}/${id}`, text);
}

/** One forward pass on the server. @throws {Refusal | Unreachable} */
export async function askNext(request: NextRequest): Promise<NextToken> {
  const answer = await ask("POST", "/api/playground/next", request);
  const found = unpackLogits(await answer.arrayBuffer());
  keep(found.model, found.texts);
  return found;
}

/** Learns the pieces that are not known yet. @returns Whether there were any. */
export async function learnPieces(model: string, ids: readonly number[]): Promise<boolean> {
  const unknown = [...new Set(ids)].filter((id) => pieceOf(model, id) === undefined);
  if (unknown.length === 0) return false;
  keep(model, await call<NextToken["texts"]>("POST", "/api/playground/tokens", { model, ids: unknown }));
  return true;
}

/** Runs a demonstration and gives its data. @throws {Refusal | Unreachable} */
export async function runDemonstration<T>(
  command: string,
  options: Readonly<Record<string, string>>,
): Promise<T> {
  const { data } = await call<WireRun>("POST", "/api/playground/run", { command, options });
  return data as T;
}
