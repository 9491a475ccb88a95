import type { Delivery } from "../delivery/deliveries.ts";
import type { Outcome } from "../delivery/envelope.ts";
import type { Services } from "../services.ts";
import type { SeenKind } from "../timeline.ts";
import type { Channel, User } from "../world.ts";
import { describeMatch, type Match, matches } from "./match.ts";
import { type MessageHandle, messageHandle } from "./message.ts";
import { type ModalHandle, modalHandle } from "./modal.ts";
import { visibleText } from "./visible-text.ts";

/**
 * Something a person did, and what came of it. Each wait returns the next thing of its kind since then that
 * this handle has not returned yet.
 */
export interface Started {
  /** Undefined when Slack itself refused it, so that nothing was sent. */
  readonly delivery: Delivery | undefined;
  /** The body the app acknowledged with. Fails when it did not acknowledge. */
  acknowledged(): Promise<unknown>;
  /** What became of the delivery, acknowledged or not. */
  outcome(): Promise<Outcome>;
  /** A message of the app in the same conversation (in any thread), once it matches: at first or after a change. */
  message(match?: Match): Promise<MessageHandle>;
  /** A message of the app that only this person sees. */
  ephemeral(match?: Match): Promise<MessageHandle>;
  /** A form opens for this person. */
  modal(): Promise<ModalHandle>;
  /** Slack tells this person something, e.g. that the app did not answer. */
  notice(match?: Match): Promise<string>;
}

export function started(
  services: Services,
  user: User,
  channel: Channel | undefined,
  from: number,
  delivery: Delivery | undefined,
): Started {
  const { timeline } = services;
  const next = new Map<SeenKind, number>();
  const at = (kind: SeenKind) => next.get(kind) ?? from;

  const returned = new Set<string>();
  const message = (kind: "message" | "ephemeral", match: Match) => {
    const since = new Set<string>();
    return timeline.wait(`${kind} of the app${describeMatch(match)}`, from, (seen, index) => {
      if (seen.kind !== kind && seen.kind !== `${kind}-changed`) return undefined;
      if (!("message" in seen) || !seen.message.fromApp) return undefined;
      if (channel && seen.message.channel !== channel.id) return undefined;
      if (kind === "ephemeral" && seen.message.ephemeralFor !== user.id) return undefined;
      const { ts } = seen.message;
      if (seen.kind === kind) since.add(ts);
      if (!since.has(ts) || returned.has(ts) || !matches(match, visibleText(seen.message))) return undefined;
      returned.add(ts);
      return messageHandle(services, user, seen.message, index);
    });
  };

  return {
    delivery,
    async acknowledged() {
      const outcome = await this.outcome();
      if (outcome.acknowledged) return outcome.body;
      throw new Error(`Expected an acknowledgement. It failed: ${outcome.reason}.`);
    },
    outcome() {
      if (!delivery) throw new Error("Slack sent nothing to the app, so there is nothing to acknowledge.");
      return timeline.wait("an acknowledgement or its failure", from, (seen): Outcome | undefined => {
        if (seen.kind === "acknowledged" && seen.id === delivery.id)
          return { acknowledged: true, body: seen.body };
        if (seen.kind === "not-acknowledged" && seen.id === delivery.id) {
          return { acknowledged: false, reason: seen.reason };
        }
        return undefined;
      });
    },
    message: (match) => message("message", match),
    ephemeral: (match) => message("ephemeral", match),
    modal: () =>
      timeline.wait("a modal to open", at("modal-opened"), (seen, index) => {
        if (seen.kind !== "modal-opened" || seen.user !== user.id) return undefined;
        next.set("modal-opened", index + 1);
        return modalHandle(services, user, seen.viewId, index);
      }),
    notice: (match) =>
      timeline.wait(`a notice of Slack's${describeMatch(match)}`, at("notice"), (seen, index) => {
        if (seen.kind !== "notice" || seen.user !== user.id || !matches(match, seen.text)) return undefined;
        next.set("notice", index + 1);
        return seen.text;
      }),
  };
}
