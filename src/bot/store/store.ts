import type { ZodType } from "zod";

/**
 * Everything that must survive. Values are plain JSON data, checked against the namespace's schema when
 * written and when read. What a promise has acknowledged is on disk.
 */
export interface Store {
  /**
   * @param name Lower case, stable for ever: it is part of every key.
   * @param schema What a record looks like; a stored record that does not fit throws StoreRecordError.
   */
  namespace<T>(name: string, schema: ZodType<T>): Namespace<T>;
  close(): Promise<void>;
}

/** Records of one kind, by key. Keys are at most 200 characters; "/" separates their parts. */
export interface Namespace<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  /** True when there was something to delete. */
  delete(key: string): Promise<boolean>;
  /** Every record whose key starts with `prefix`, in key order (code points). */
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
}
