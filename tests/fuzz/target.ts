import type fc from "fast-check";
import { UserError } from "../../src/bot/errors.ts";
import { EngineError } from "../../src/engine/errors.ts";

/** One reader of what comes from outside. */
export interface Target<T = string> {
  readonly name: string;
  /** Where it stands. */
  readonly source: string;
  readonly input: fc.Arbitrary<T>;
  /** Reads one input and throws when something is wrong with what came out. */
  run(input: T): unknown;
}

/** Refusals with a sentence for people are results; anything else that is thrown is a fault. */
export async function tryOut<T>(target: Target<T>, input: T): Promise<void> {
  try {
    await target.run(input);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof EngineError)) throw error;
    if (error.message.trim() === "") throw new Error(`an empty refusal, ${error.code}`);
  }
}
