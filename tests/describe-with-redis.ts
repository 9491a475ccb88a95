import { describe } from "vitest";
import { isRedisInstalled } from "./redis-server.ts";

/** `describe` for what needs a real Redis; where there is none, the reason stands in the report. */
export function describeWithRedis(name: string, tests: () => void): void {
  const title = isRedisInstalled ? name : `${name} (skipped: redis-server is not on the path)`;
  describe.skipIf(!isRedisInstalled)(title, tests);
}
