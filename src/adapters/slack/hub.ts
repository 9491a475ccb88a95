import type { Logger } from "pino";
import { type Card, type Modal, textCard } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Dispatcher } from "../../bot/dispatcher.ts";
import { UserError } from "../../bot/errors.ts";
import type { Account } from "../../bot/invocation.ts";
import type { Calls } from "./calls.ts";
import type { CommandNames } from "./command-names.ts";
import type { Identity } from "./connection.ts";
import { SlackCallError } from "./errors.ts";
import { isDirect } from "./event-base.ts";
import { type EventPlace, writePlace } from "./event-place.ts";
import { renderModal } from "./modal.ts";
import type { Once } from "./once.ts";
import type { People } from "./people.ts";
import type { Running } from "./replies.ts";
import type { Answerable, Responding } from "./responding.ts";
import type { Rooms } from "./rooms.ts";
import type { Asked } from "./show-replies.ts";

/** What the listeners share. */
export interface Hub {
  readonly dispatcher: Dispatcher;
  readonly running: Running;
  readonly responding: Responding;
  readonly calls: Calls;
  readonly people: People;
  readonly rooms: Rooms;
  readonly once: Once;
  readonly names: CommandNames;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly log: Logger;
  /** False while Cloze shuts down. */
  readonly accepting: () => boolean;
}

/** Somebody's event, before its kind. */
export interface Incoming {
  /** The same for a repeated delivery. */
  readonly id: string;
  readonly userId: string;
  readonly userName: string | undefined;
  readonly teamId: string | undefined;
  readonly triggerId: string | undefined;
  readonly place: EventPlace;
}

/** Slack waits three seconds for an acknowledgement. */
const ACKNOWLEDGE_BY_MS = 2_000;

/**
 * Acknowledges when `done` is called, at the latest just before Slack's three seconds are over. So what Slack
 * takes for done is stored: should the process die before, Slack tells the person that it failed.
 */
export function acknowledgeLate(
  { clock, log }: Hub,
  ack: () => Promise<void>,
): { readonly done: () => void } {
  let pending = true;
  const done = () => {
    if (!pending) return;
    pending = false;
    cancel();
    // Without the connection it came by, an event can't be acknowledged: Slack tells the person that it failed.
    ack().catch((error: unknown) =>
      log.warn({ err: error }, "an event of Slack's could not be acknowledged"),
    );
  };
  const cancel = clock.after(ACKNOWLEDGE_BY_MS, done);
  return { done };
}

const RESTARTING: Card = textCard("Cloze is being restarted. Try again in a minute.", { tone: "warning" });
const FAILED: Card = textCard(
  "Something in Cloze failed; nothing you did. Try again in a moment, or tell the teacher: the log says why.",
  { tone: "error" },
);

/**
 * Handles an event that was acknowledged: once, and with an answer for the person whatever happens.
 * @param work Gets the person's account, and where answers go.
 */
export async function handleOnce(
  hub: Hub,
  incoming: Incoming,
  work: (account: Account, to: Answerable) => Promise<void>,
): Promise<void> {
  const { log, clock, people, once, responding } = hub;
  const to = answerable(incoming, clock);
  try {
    if (!(await once.first(incoming.id))) return;
    if (!hub.accepting()) {
      await responding.privately(to, RESTARTING);
      return;
    }
    await work(await people.account(incoming.userId, incoming.userName), to);
  } catch (error) {
    const told =
      error instanceof UserError ? textCard(hub.names.rename(error.message), { tone: "error" }) : FAILED;
    if (!(error instanceof UserError))
      log.error({ err: error, event: incoming.id }, "an event of Slack's failed");
    await responding.privately(to, told).catch((reason: unknown) => {
      log.error({ err: reason, event: incoming.id }, "somebody could not be answered in Slack");
    });
  }
}

export function answerable({ userId, place }: Incoming, clock: Clock): Answerable {
  return {
    userId,
    channel: place.channel,
    threadTs: place.threadTs,
    responseUrl: place.responseUrl,
    at: clock.now(),
  };
}

/**
 * How an event is answered.
 * @param what What the person used: "/generate", a button's label.
 * @param onFirst See `Asked`.
 */
export function asked(
  hub: Hub,
  incoming: Incoming,
  account: Account,
  to: Answerable,
  what: string,
  onFirst?: () => void,
): Asked {
  const { place, teamId } = incoming;
  const pressed =
    place.ts === undefined
      ? undefined
      : { ts: place.ts, ephemeral: place.ephemeral ?? false, threadTs: place.threadTs };
  // What follows on a button stands in its message's thread; a private message has none.
  const threadTs = place.threadTs ?? (pressed?.ephemeral ? undefined : pressed?.ts);
  const streams = !isDirect(place.channel) || threadTs !== undefined;
  return {
    to,
    threadTs,
    by: `${account.displayName} · ${what}`,
    teamId: streams ? (teamId ?? hub.identity.teamId) : undefined,
    ...(pressed && { pressed }),
    onFirst,
    openModal: (modal) => openModal(hub, incoming, modal),
  };
}

async function openModal({ calls }: Hub, { triggerId, place }: Incoming, modal: Modal): Promise<void> {
  await openView(calls, triggerId, renderModal(modal, writePlace(place)));
}

/** @throws {UserError} "form-late" when Slack's three seconds are over. */
export async function openView(calls: Calls, triggerId: string | undefined, view: object): Promise<void> {
  try {
    await calls.call("views.open", { trigger_id: triggerId, view });
  } catch (error) {
    if (!(error instanceof SlackCallError) || !/trigger_id$/.test(error.error)) throw error;
    throw new UserError(
      "form-late",
      "Slack opens a form within three seconds only, and this took longer. Try again.",
    );
  }
}
