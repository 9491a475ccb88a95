import type { Logger } from "pino";
import type { Card } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Calls } from "./calls.ts";
import { forPeople, isGone, isOutside } from "./errors.ts";
import { EDIT_INTERVAL_MS } from "./limits.ts";
import type { Answerable, Responding } from "./responding.ts";
import type { Showing, Shown } from "./showing.ts";
import { growing, type Stream, startStream } from "./stream.ts";

export interface ChannelReplyOptions {
  readonly to: Answerable;
  /** Undefined: the channel itself. */
  readonly threadTs: string | undefined;
  /** "Ada · /generate", as a line above. */
  readonly by: string;
  /** Where streams may go; undefined: nowhere here. */
  readonly teamId: string | undefined;
  /** Called when nobody can see the reply any more. */
  readonly onGone: () => void;
}

/** A reply that everybody in the channel sees, and that grows. */
export interface ChannelReply {
  /** Shows a state as soon as the pace allows; states in between may be skipped. */
  show(card: Card): void;
  /** Shows the last state for good. Resolves when Slack has it. @throws when it can be shown in no way. */
  finish(card: Card): Promise<void>;
}

interface Parts {
  readonly calls: Calls;
  readonly showing: Showing;
  readonly responding: Responding;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createChannelReply(
  parts: Parts,
  { to, threadTs, by, teamId, onGone }: ChannelReplyOptions,
): ChannelReply {
  const { calls, showing, responding, clock, log } = parts;
  let wanted: Card | undefined;
  let shown: Shown | undefined;
  let stream: Stream | undefined;
  /** Why the app can't post here: the last state goes through the event itself. */
  let outside: unknown;
  let gone = false;
  let sentAt = Number.NEGATIVE_INFINITY;
  let sending: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let begun = false;
  const { channel } = to;

  /** Streams from the start where that is allowed and there is room; else posts. */
  async function begin(card: Card): Promise<void> {
    const text = growing(card);
    if (text && teamId !== undefined && calls.free("chat.startStream")) {
      try {
        stream = await startStream(calls, { channel, threadTs, userId: to.userId, teamId }, text);
        shown = { channel, ts: stream.ts };
        return;
      } catch (error) {
        if (isOutside(error)) throw error;
        log.debug({ err: error, channel }, "no stream; posting instead");
      }
    }
    shown = await showing.post(channel, card, { threadTs, by });
  }

  async function state(card: Card): Promise<void> {
    if (!shown) return begin(card);
    if (stream) {
      const text = growing(card);
      if (text && (await stream.grow(text))) return;
      await endStream();
    }
    await showing.update(shown, card, { threadTs, by, between: true, partial: true });
  }

  async function endStream(): Promise<void> {
    const ending = stream;
    stream = undefined;
    await ending?.stop();
  }

  /** Sends the newest state, then what came meanwhile, one after the other. */
  function send(): void {
    const card = wanted;
    if (!card || outside !== undefined || gone) return;
    wanted = undefined;
    sentAt = clock.now();
    sending = state(card)
      .catch((error: unknown) => {
        if (isOutside(error) && !shown) outside = error;
        else if (isGone(error)) {
          gone = true;
          onGone();
        } else log.warn({ err: error, channel }, "a state of a reply could not be shown in Slack");
      })
      .finally(() => {
        sending = undefined;
        schedule();
      });
  }

  function schedule(): void {
    if (sending || cancelTimer || !wanted) return;
    const wait = sentAt + EDIT_INTERVAL_MS - clock.now();
    if (wait <= 0) send();
    else {
      cancelTimer = clock.after(wait, () => {
        cancelTimer = undefined;
        send();
      });
    }
  }

  async function last(card: Card): Promise<void> {
    if (gone) return;
    try {
      await endStream();
    } catch (error) {
      if (isGone(error)) return;
      log.warn({ err: error, channel }, "a stream could not be ended");
    }
    try {
      if (shown) await showing.update(shown, card, { threadTs, by });
      else if (outside === undefined) shown = await showing.post(channel, card, { threadTs, by });
    } catch (error) {
      if (shown && isGone(error)) return;
      if (!isOutside(error)) throw error;
      outside = error;
    }
    if (outside === undefined) return;
    if (!(await responding.publicly(to, card, by))) throw forPeople(outside);
  }

  return {
    show(card) {
      wanted = card;
      if (begun) schedule();
      else {
        begun = true;
        // One turn later: a reply that is complete at once is posted as it is, without a beginning to edit.
        setImmediate(schedule);
      }
    },
    async finish(card) {
      cancelTimer?.();
      cancelTimer = undefined;
      wanted = undefined;
      // An edit that waits for its turn is replaced by the last one; what begins or streams must end first.
      while (sending && (!shown || stream)) await sending;
      wanted = undefined;
      await last(card);
    },
  };
}
