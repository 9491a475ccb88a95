import type { KeyvStoreAdapter } from "keyv";

/**
 * Where texts are kept by key: what a database must offer so that a Store can stand on it. Plain reading and
 * writing goes through Keyv; beside it stands the one step that Keyv lacks.
 */
export interface Backend {
  /** A Keyv storage adapter for the records of one namespace; Keyv's own prefix `namespace:` is in its keys. */
  keyv(namespace: string): KeyvStoreAdapter;
  get(key: string): Promise<string | undefined>;
  /**
   * Atomic: writes all `changes` when each of the `seen` keys still holds exactly that text (undefined:
   * nothing), else none. Resolves after the writes are as durable as the backend makes them.
   */
  commit(seen: readonly KeyText[], changes: readonly KeyText[]): Promise<boolean>;
  /** All keys with this prefix and their texts, by code points of the key. */
  list(prefix: string): AsyncIterable<readonly [key: string, text: string]>;
  close(): Promise<void>;
}

export interface KeyText {
  readonly key: string;
  readonly text: string | undefined;
}
