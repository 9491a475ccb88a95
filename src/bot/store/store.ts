import type { ZodType } from "zod";

/**
 * Everything that must survive. Values are plain JSON data, checked against the namespace's schema when
 * written and when read. What a promise has acknowledged is on disk.
 */
export interface Store {
  /**
   * @param name Lower case, stable for ever: it is part of every key.
   * @param schema What a record looks like; a stored record that does not fit throws StoreRecordError.
   * @param versions For records whose shape has changed since a release.
   */
  namespace<T>(name: string, schema: ZodType<T>, versions?: RecordVersions): Namespace<T>;
  /**
   * Several conditions and changes, of any namespaces, as one atomic step: nothing is written unless every
   * condition holds at that moment. Returns whether it was.
   */
  commit(conditions: readonly Condition[], changes: readonly Change[]): Promise<boolean>;
  close(): Promise<void>;
}

export interface RecordVersions {
  /** The version written now; 1 when a namespace has no versions. */
  readonly current: number;
  /** Turns a record of an older version into one of the current version. */
  readonly migrate: (old: unknown, version: number) => unknown;
}

/** Records of one kind, by key. Keys are at most 200 characters; "/" separates their parts. */
export interface Namespace<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  /** True when there was something to delete; of several at once, only one is told true. */
  delete(key: string): Promise<boolean>;
  /**
   * Every record whose key starts with `prefix`, in key order (code points). Records written while the list
   * is being read may or may not be in it; all others are, once.
   */
  list(prefix: string): AsyncIterable<readonly [key: string, value: T]>;
  /** Atomic. True when the key was free and now holds `value`. */
  setIfAbsent(key: string, value: T): Promise<boolean>;
  /** Atomic. True when the stored record deeply equalled `expected` and is now `next`. */
  compareAndSet(key: string, expected: T, next: T): Promise<boolean>;
  /**
   * Reads, changes and writes one record as one step, tried again when somebody else was faster.
   * `change` returns the new record, or the same object for no change. Returns what is stored afterwards.
   */
  update(key: string, change: (current: T | undefined) => T): Promise<T>;
  /** A condition of `Store.commit`: the record deeply equals `expected`; undefined: there is none. */
  expect(key: string, expected: T | undefined): Condition;
  /** A change of `Store.commit`: the record becomes `value`; undefined: it is deleted. */
  put(key: string, value: T | undefined): Change;
}

/** Made by `Namespace.expect`. */
export interface Condition {
  /** The key with its namespace, as backends keep it. */
  readonly key: string;
  /** Whether the stored text, as a backend gave it, is what is expected. */
  readonly holds: (text: string | undefined) => boolean;
}

/** Made by `Namespace.put`. */
export interface Change {
  readonly key: string;
  /** The text to store; undefined deletes. */
  readonly text: string | undefined;
}
