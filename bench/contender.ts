/** An engine that runs the same SmolLM2 weights; one process each. */
export interface Contender {
  /** Versions and formats, for the report. */
  readonly detail: string;
  /**
   * Writes exactly `newTokens` greedy tokens after each prompt, all prompts at once.
   * @param onFirstToken Told when a prompt's first token is there.
   */
  generate(
    prompts: readonly string[],
    newTokens: number,
    onFirstToken: (prompt: number) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

/**
 * Every contender by name; each module exports `open(): Promise<Contender>` and reads what follows a "?" from its own
 * address.
 */
export const CONTENDERS: Readonly<Record<string, URL>> = {
  cloze: new URL("./contenders/cloze.ts", import.meta.url),
  "llama-q4-0": new URL("./contenders/node-llama-cpp.ts?Q4_0", import.meta.url),
  "llama-q4-1": new URL("./contenders/node-llama-cpp.ts?Q4_1", import.meta.url),
  "llama-q8-0": new URL("./contenders/node-llama-cpp.ts?Q8_0", import.meta.url),
  "transformers-q8": new URL("./contenders/transformers-js.ts?q8", import.meta.url),
  "transformers-q4": new URL("./contenders/transformers-js.ts?q4", import.meta.url),
};
