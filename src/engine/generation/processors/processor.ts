import type { ProcessorName } from "../trace.ts";
import type { Candidates } from "./candidates.ts";

/** The tokens before the one being chosen. */
export interface TokenHistory {
  /** Prompt and written tokens, oldest first. */
  readonly tokenIds: readonly number[];
  /** How many of them are the prompt. */
  readonly promptLength: number;
}

/** One stage of the logits pipeline. Stages keep no state of their own between calls. */
export interface LogitsProcessor {
  readonly name: ProcessorName;
  /** Changes scores or cuts candidates in place. Stages that change scores by token id run before any that cuts. */
  apply(candidates: Candidates, history: TokenHistory): void;
}
