import type * as fc from "fast-check";
import type { Backend } from "../../../src/bot/store/backend.ts";

/** A backend whose every step waits for its turn, which the scheduler draws. */
export function scheduled(inner: Backend, s: fc.Scheduler): Backend {
  const later = async <T>(step: () => Promise<T>): Promise<T> => {
    await s.schedule(Promise.resolve());
    return step();
  };
  return {
    ...inner,
    get: (key) => later(() => inner.get(key)),
    commit: (seen, changes) => later(() => inner.commit(seen, changes)),
    keyv: (namespace) => {
      const adapter = inner.keyv(namespace);
      return {
        ...adapter,
        get: (key: string) => later(() => adapter.get(key)) as never,
        set: (key: string, text: string) => later(async () => adapter.set(key, text)),
        delete: (key: string) => later(() => adapter.delete(key)),
      };
    },
  };
}
