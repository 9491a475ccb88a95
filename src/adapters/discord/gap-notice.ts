import type { Logger } from "pino";
import { type Card, textCard } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { ChannelRef } from "../../bot/invocation.ts";
import { NOTICEABLE_GAP_MS } from "./limits.ts";

/** Tells the channels in use when the connection to Discord was lost for long enough to lose presses. */
export interface GapNotice {
  /** Something was used or posted in this channel. */
  used(channelId: string): void;
  lost(): void;
  /** Resolves when the channels are told, if there was something to tell. */
  regained(): Promise<void>;
}

/** Channels used within this time before the gap are told. */
const IN_USE_MS = 30 * 60_000;

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
  let lostAt: number | undefined;

  return {
    used(channelId) {
      usedAt.set(channelId, clock.now());
    },
    lost() {
      lostAt ??= clock.now();
    },
    async regained() {
      if (lostAt === undefined) return;
      const since = lostAt;
      const gapMs = clock.now() - since;
      lostAt = undefined;
      if (gapMs < NOTICEABLE_GAP_MS) return;
      log.warn({ gapMs }, "the connection to Discord was lost and is back");
      for (const [id, at] of usedAt) {
        if (at < since - IN_USE_MS) {
          usedAt.delete(id);
          continue;
        }
        await post({ platform: "discord", id }, noticeCard(gapMs)).catch((error) =>
          log.warn({ err: error, channel: id }, "a channel could not be told of the lost connection"),
        );
      }
    },
  };
}

function noticeCard(gapMs: number): Card {
  const seconds = Math.round(gapMs / 1000);
  const long = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return textCard(
    `Cloze had no connection to Discord for ${long}. Buttons and commands that Discord answered with “failed” meanwhile did not count: please use them again. Everything answered before is kept.`,
    { tone: "warning" },
  );
}
