import type { Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Timeline } from "../timeline.ts";
import type { World } from "../world.ts";
import type { Envelope, Outcome, Transport } from "./envelope.ts";

export interface Delivery {
  readonly id: string;
  readonly outcome: Promise<Outcome>;
  /** Sends the same envelope again, as when the acknowledgement was lost on its way. */
  again(): Promise<Outcome>;
}

export interface Deliveries {
  /** A command or an interaction: one attempt, the person waits for it. */
  interaction(type: "slash_commands" | "interactive", payload: Json, what: string): Delivery;
  /** An event: tried again at once, after a minute and after five, until it is acknowledged. */
  event(payload: Json, what: string): Delivery;
  /** Attempts that are neither acknowledged nor given up. */
  open(): number;
}

export function createDeliveries(world: World, timeline: Timeline, transport: () => Transport): Deliveries {
  let open = 0;
  const attempt = async (envelope: Envelope, what: string): Promise<Outcome> => {
    timeline.record({ kind: "delivery", id: envelope.id, what, attempt: envelope.attempt });
    open++;
    const outcome = await transport()
      .send(envelope)
      .finally(() => open--);
    timeline.record(
      outcome.acknowledged
        ? { kind: "acknowledged", id: envelope.id, body: outcome.body }
        : { kind: "not-acknowledged", id: envelope.id, reason: outcome.reason },
    );
    return outcome;
  };

  const pause = (delayMs: number) =>
    delayMs === 0 ? undefined : new Promise<void>((resolve) => world.options.clock.after(delayMs, resolve));

  const persistently = async (envelope: Envelope, what: string): Promise<Outcome> => {
    let outcome = await attempt(envelope, what);
    for (const [index, delayMs] of LIMITS.eventRetryDelaysMs.entries()) {
      if (outcome.acknowledged || outcome.reason === "no_retry") return outcome;
      await pause(delayMs);
      const retryReason = outcome.reason === "operation_timeout" ? "timeout" : outcome.reason;
      outcome = await attempt({ ...envelope, attempt: index + 1, retryReason }, what);
    }
    return outcome;
  };

  const deliver = (
    type: Envelope["type"],
    payload: Json,
    what: string,
    send: (envelope: Envelope, what: string) => Promise<Outcome>,
  ): Delivery => {
    const envelope: Envelope = { id: world.secret(), type, payload, attempt: 0 };
    return {
      id: envelope.id,
      outcome: send(envelope, what),
      again: () => attempt({ ...envelope, attempt: 1, retryReason: "timeout" }, what),
    };
  };

  return {
    interaction: (type, payload, what) => deliver(type, payload, what, attempt),
    event: (payload, what) => deliver("events_api", payload, what, persistently),
    open: () => open,
  };
}
