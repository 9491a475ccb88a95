import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import Keyv from "keyv";
import type { ZodType } from "zod";
import type { Backend } from "./backend.ts";
import { issuesInWords, StoreRecordError } from "./errors.ts";
import type { Change, Condition, Namespace, RecordVersions, Store } from "./store.ts";

const LONGEST_KEY = 200;
/** What a namespace without versions writes. */
const FIRST_VERSION: RecordVersions = {
  current: 1,
  migrate: (_, version) => {
    throw new Error(`version ${version} is not known`);
  },
};

/** The store over a backend: Keyv for reading and writing, the backend's commit for what must be one step. */
export function createStore(backend: Backend): Store {
  const store: Store = {
    namespace: (name, schema, versions) => createNamespace(store, backend, name, schema, versions),
    async commit(conditions, changes) {
      for (;;) {
        const seen = await Promise.all(
          conditions.map(async ({ key }) => ({ key, text: await backend.get(key) })),
        );
        if (!conditions.every(({ holds }, i) => holds(seen[i]!.text))) return false;
        if (await backend.commit(seen, changes)) return true;
        // A record changed since it was read; whether the conditions still hold must be looked at again.
      }
    },
    async close() {
      // What was asked before is still on its way through Keyv's promises.
      await nextTurn();
      await backend.close();
    },
  };
  return store;
}

function createNamespace<T>(
  store: Store,
  backend: Backend,
  name: string,
  schema: ZodType<T>,
  versions: RecordVersions = FIRST_VERSION,
): Namespace<T> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new Error(`The namespace "${name}" must be lower-case letters, digits and hyphens.`);
  }
  const fullKey = (key: string) => `${name}:${checkedKey(key)}`;

  function encode(key: string, value: unknown): string {
    const checked = schema.safeParse(value);
    if (!checked.success) throw new StoreRecordError(`${name}:${key}`, "write", issuesInWords(checked.error));
    return JSON.stringify({ version: versions.current, value: checked.data });
  }

  function decode(key: string, text: string): T {
    try {
      const { version, value } = JSON.parse(text) as { version: number; value: unknown };
      const checked = schema.safeParse(
        version === versions.current ? value : versions.migrate(value, version),
      );
      if (checked.success) return checked.data;
      throw new Error(issuesInWords(checked.error));
    } catch (error) {
      throw new StoreRecordError(key, "read", error instanceof Error ? error.message : String(error), error);
    }
  }
  const decodeIfAny = (key: string, text: string | undefined) =>
    text === undefined ? undefined : decode(key, text);

  const keyv = new Keyv<string>({
    store: backend.keyv(name),
    namespace: name,
    // Without it a failed write would only return false.
    throwOnErrors: true,
    emitErrors: false,
    // Records are texts already, made by `encode`: the atomic steps, which Keyv does not know, must find the
    // same text that Keyv writes.
    serialize: ({ value }) => value as string,
    deserialize: (text) => ({ value: text as never }),
  });

  const namespace: Namespace<T> = {
    get: async (key) => decodeIfAny(fullKey(key), await keyv.get(checkedKey(key))),
    async set(key, value) {
      await keyv.set(checkedKey(key), encode(key, value));
    },
    delete: async (key) => keyv.delete(checkedKey(key)),
    async *list(prefix) {
      const start = `${name}:`;
      for await (const [key, text] of backend.list(start + prefix)) {
        yield [key.slice(start.length), decode(key, text)];
      }
    },
    setIfAbsent: async (key, value) =>
      store.commit([namespace.expect(key, undefined)], [namespace.put(key, value)]),
    compareAndSet: async (key, expected, next) =>
      store.commit([namespace.expect(key, expected)], [namespace.put(key, next)]),
    async update(key, change) {
      for (;;) {
        const text = await backend.get(fullKey(key));
        const current = decodeIfAny(fullKey(key), text);
        const next = change(current);
        if (next === current) return next;
        const written = namespace.put(key, next);
        if (await backend.commit([{ key: written.key, text }], [written])) return next;
      }
    },
    expect(key, expected): Condition {
      const at = fullKey(key);
      return { key: at, holds: (text) => isDeepStrictEqual(decodeIfAny(at, text), plain(expected)) };
    },
    put: (key, value): Change => ({
      key: fullKey(key),
      text: value === undefined ? undefined : encode(key, value),
    }),
  };
  return namespace;
}

/** As JSON keeps it: fields that are undefined are not there. */
function plain<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

function checkedKey(key: string): string {
  // A surrogate without its partner would be stored as another character; U+10FFFF ends the range of a list.
  if (key === "" || key.length > LONGEST_KEY || !key.isWellFormed() || key.includes("\u{10FFFF}")) {
    throw new Error(`"${key}" can't be a key: 1 to ${LONGEST_KEY} characters of well-formed text.`);
  }
  return key;
}
