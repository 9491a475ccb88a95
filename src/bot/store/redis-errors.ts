import { StoreError, type StoreErrorCode, storeError } from "./errors.ts";

/** How Redis begins what it refuses. */
const REPLIES: readonly (readonly [RegExp, StoreErrorCode])[] = [
  [/^OOM /, "store-full"],
  [/^MISCONF .*(No space left|disk)/is, "store-full"],
  [/^MISCONF /, "store-read-only"],
  [/^READONLY /, "store-read-only"],
  [/^LOADING /, "store-unreachable"],
  [/^BUSY /, "store-locked"],
  [/^(NOAUTH|WRONGPASS|NOPERM) |invalid username-password|^ERR (DB index|AUTH)/, "store-cannot-open"],
];
/** A command that never left: nothing can have come of it. */
const NOT_SENT = /isn't writeable/;
/** A command whose answer never came. */
const UNANSWERED = /timed out|max retries per request|^Connection is closed/;

/**
 * What ioredis throws, as a StoreError; anything else is passed through.
 * @param wrote Whether the step may have changed something.
 */
export function fromRedis(error: unknown, database: string, wrote: boolean, isClosed: boolean): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  if (isClosed) return storeError("store-closed", database, error);
  const { message } = error;
  const reply = REPLIES.find(([form]) => form.test(message));
  if (reply) return storeError(reply[1], database, error);
  if (NOT_SENT.test(message)) return storeError("store-unreachable", database, error);
  if (UNANSWERED.test(message) || ("code" in error && /^E[A-Z]+$/.test(String(error.code)))) {
    return storeError(wrote ? "store-uncertain" : "store-unreachable", database, error);
  }
  return storeError("store-failed", database, error);
}
