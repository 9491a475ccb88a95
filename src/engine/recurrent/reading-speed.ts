import type { Engine } from "../engine.ts";
import { PREFILL_CHUNK } from "../runtime/prompt-prefill.ts";
import { fillerIds } from "./filler.ts";

/** How long a model took to read prompts, as measured once each. */
export interface ReadingSpeed {
  readonly model: string;
  /** Shortest first; as many of the lengths as the time allowed. */
  readonly prompts: readonly {
    readonly tokens: number;
    readonly ms: number;
    readonly msPerToken: number;
  }[];
  /** The same model given one token a pass, as it must be when it writes. */
  readonly oneByOne: { readonly tokens: number; readonly ms: number; readonly msPerToken: number };
  /** A token's time one by one over its time in the longest prompt: what computing tokens together gains. */
  readonly gain: number;
}

/** Tokens that go through a model in one pass while a prompt is read. */
export const TOKENS_TOGETHER = PREFILL_CHUNK;

/** Tokens read one by one: as many as fit a quarter of the time, within these bounds. */
const ONE_BY_ONE = { least: 4, most: 32 };

export interface ReadingOptions {
  /** Tokens of the prompts, shortest first. */
  readonly lengths: readonly number[];
  readonly seed: number;
  /** A prompt that would by the speed so far end after so long is left out; the first is always read. */
  readonly limitMs: number;
}

/** Measures one model on prompts of ordinary text. */
export async function measureReading(
  engine: Engine,
  model: string,
  { lengths, seed, limitMs }: ReadingOptions,
  signal?: AbortSignal,
): Promise<ReadingSpeed> {
  const longest = Math.max(ONE_BY_ONE.most, ...lengths);
  const text = await fillerIds(engine, model, seed, longest);
  const read = async (count: number, together: number) => {
    const tokenIds = text.slice(0, count);
    const ms = await engine.timeReading({ model, tokenIds, together }, signal);
    return { tokens: tokenIds.length, ms, msPerToken: ms / tokenIds.length };
  };
  // The first pass of each shape also plans its memory, so it does not count.
  const { ms } = await read(1, 1);
  const fitting = Math.floor(limitMs / 4 / ms);
  const oneByOne = await read(Math.max(ONE_BY_ONE.least, Math.min(ONE_BY_ONE.most, fitting)), 1);
  const prompts: ReadingSpeed["prompts"][number][] = [];
  let spent = oneByOne.ms;
  for (const length of lengths) {
    const last = prompts.at(-1);
    if (last && spent + last.msPerToken * length > limitMs) break;
    const prompt = await read(length, TOKENS_TOGETHER);
    prompts.push(prompt);
    spent += prompt.ms;
  }
  return { model, prompts, oneByOne, gain: oneByOne.msPerToken / prompts.at(-1)!.msPerToken };
}
