import type { Continuation, ModelRows } from "../generation/decoder.ts";
import type { PromptState } from "./prompt-prefill.ts";
import type { Turn } from "./turns.ts";

/** A request as the scheduler sees it: what it needs, and whom to tell. */
export interface Task extends Turn {
  readonly promptIds: readonly number[];
  /** Whether it wants hidden states beside the logits. */
  readonly needsHidden: boolean;
  /** The most KV rows it holds at once; 0 when it only reads its prompt. */
  readonly maxRows: number;
  /** The most positions one of its rows can come to hold. */
  readonly maxLength: number;
  isCancelled(): boolean;
  /** Its place in line, from 1; called again when it changes. */
  onQueued(place: number): void;
  /** It has got its slots; its prompt is read next. */
  onStart(): void;
  /** The prompt is read. `state.logits` may be changed, `state.block` may not. */
  onPrompt(state: PromptState): FollowUp;
  /** One step is done for its rows, in the order of its last continuations. */
  onRows(rows: ModelRows): readonly Continuation[];
  onCancelled(): void;
  onFailed(error: unknown): void;
}

/** What happens after the prompt: rows to decode (none: the task is done), or work done in pieces. */
export type FollowUp =
  | { readonly kind: "rows"; readonly rows: readonly Continuation[] }
  /** `run` does one piece and tells whether there are more. */
  | { readonly kind: "pieces"; readonly run: () => Promise<boolean> };
