import type { Logger } from "pino";
import { type Card, textCard } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { ChannelRef } from "../../bot/invocation.ts";
import { NOTICEABLE_GAP_MS } from "./limits.ts";

/**
 * Tells channels when presses and commands were lost with the connection to Discord. Discord has shown each
 * person that theirs failed; this says why, and that it may be used again.
 */
export interface GapNotice {
  /** Something was used or posted in this channel. */
  used(channelId: string): void;
  lost(): void;
  /** Between `lost` and `regained`: what arrives now is what Discord kept, and may be too late to answer. */
  readonly catchingUp: boolean;
  /** Resolves when the channels in use are told, if the gap was long enough to lose something. */
  regained(): Promise<void>;
  /** Something from this channel arrived too late to be answered. */
  missed(channelId: string): Promise<void>;
}

/** Channels used within this time before the gap are told. */
const IN_USE_MS = 30 * 60_000;
/** A channel is told once in this time. */
const QUIET_MS = 60_000;

export function createGapNotice({
  clock,
  log,
  post,
}: {
  readonly clock: Clock;
  readonly log: Logger;
  readonly post: (channel: ChannelRef, card: Card) => Promise<unknown>;
}): GapNotice {
  const usedAt = new Map<string, number>();
  const toldAt = new Map<string, number>();
  let lostAt: number | undefined;

  async function tell(channelId: string): Promise<void> {
    const now = clock.now();
    if (now - (toldAt.get(channelId) ?? -Infinity) < QUIET_MS) return;
    toldAt.set(channelId, now);
    try {
      await post({ platform: "discord", id: channelId }, NOTICE);
    } catch (error) {
      log.warn({ err: error, channel: channelId }, "a channel could not be told of the lost connection");
    }
  }

  return {
    used(channelId) {
      usedAt.set(channelId, clock.now());
    },
    lost() {
      lostAt ??= clock.now();
    },
    get catchingUp() {
      return lostAt !== undefined;
    },
    async regained() {
      if (lostAt === undefined) return;
      const since = lostAt;
      const gapMs = clock.now() - since;
      lostAt = undefined;
      if (gapMs < NOTICEABLE_GAP_MS) return;
      log.warn({ gapMs }, "the connection to Discord was lost and is back");
      for (const [id, at] of usedAt) {
        if (at < since - IN_USE_MS) usedAt.delete(id);
        else await tell(id);
      }
    },
    missed: tell,
  };
}

const NOTICE = textCard(
  "Cloze lost its connection to Discord for a while. Buttons and commands that Discord answered with “failed” did not count: please use them again. Everything answered before is kept.",
  { tone: "warning" },
);
