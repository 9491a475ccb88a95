/** What decides when a request that waits may start. */
export interface Turn {
  /** Whose it is; absent: somebody's of whom nothing else waits. */
  readonly requester?: string | undefined;
  /** "batch" starts when nothing live waits; absent: "live". */
  readonly urgency?: "live" | "batch" | undefined;
}

/** Everything live comes before everything of a batch. */
const BATCH = 1_000;

/**
 * The rank of a request among those that wait: lower ones start first, equal ones in the order they came. It is the
 * number of requests its requester has in hand already, so that nobody's second one starts before another's first.
 * @param inHand Requests that wait or run.
 */
export function rankOf({ requester, urgency }: Turn, inHand: Iterable<Turn>): number {
  let own = 0;
  if (requester !== undefined) for (const other of inHand) if (other.requester === requester) own++;
  return Math.min(own, BATCH - 1) + (urgency === "batch" ? BATCH : 0);
}
