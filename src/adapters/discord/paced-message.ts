import type { Logger } from "pino";
import type { Card } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import { failureOf } from "./failures.ts";
import { EDIT_INTERVAL_MS } from "./limits.ts";
import { samePage } from "./payload.ts";
import { type Page, renderCard } from "./render-card.ts";

/** Where the messages of one card go. Indices count from 0; a page is always sent before it is edited. */
export interface Pages {
  send(page: Page, index: number): Promise<void>;
  /** @param before What the message shows now, where that is known. */
  edit(page: Page, index: number, before: Page | undefined): Promise<void>;
  remove(index: number): Promise<void>;
  /** How many messages there are already. */
  readonly count: number;
  /** How many there may be; a longer card goes on in a file. */
  readonly most: number;
}

export interface PacedMessage {
  /** Shows this card as soon as the pace allows. Fast repetitions are coalesced. */
  show(card: Card): void;
  /** Resolves when the last card given by now is shown; rejects when it can't be. */
  settled(): Promise<void>;
  /** The last card given is the final one: resolves when it is shown whole, without waiting for the pace. */
  finish(): Promise<void>;
}

export interface PaceOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** States before `finish` are parts of something that is still being written. */
  readonly streaming: boolean;
}

const MOST_TRIES = 5;

/**
 * A message that is edited in place at Discord's pace: at most one request at a time, at least a second between
 * two states, always the last state at the end. What discord.js waits for (429) only makes more states coalesce.
 * @param onGone Called once when the message can't be shown any more.
 */
export function createPacedMessage(
  pages: Pages,
  { clock, log, streaming }: PaceOptions,
  onGone: (error: unknown) => void = () => {},
): PacedMessage {
  const shown: (Page | undefined)[] = Array.from({ length: pages.count });
  let latest: Card | undefined;
  let fresh = false;
  let finishing = false;
  let running: Promise<void> | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let wake = (): void => {};

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  const apply = async (): Promise<void> => {
    fresh = false;
    const rendered = renderCard(latest!, { unfinished: streaming && !finishing, mostMessages: pages.most });
    for (const [index, page] of rendered.entries()) {
      if (samePage(shown[index], page)) continue;
      if (index < pages.count) await pages.edit(page, index, shown[index]);
      else await pages.send(page, index);
      shown[index] = page;
    }
    while (pages.count > rendered.length) {
      await pages.remove(pages.count - 1);
      shown.length = pages.count;
    }
    lastAt = clock.now();
  };

  const applyPatiently = async (): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        return await apply();
      } catch (error) {
        if (failureOf(error) !== "passing" || tries === MOST_TRIES) throw error;
        log.warn({ err: error, tries }, "a message could not be shown yet; trying again");
        await pause(EDIT_INTERVAL_MS * tries);
      }
    }
  };

  const run = async (): Promise<void> => {
    try {
      while (fresh) {
        const wait = lastAt + EDIT_INTERVAL_MS - clock.now();
        if (wait > 0 && !finishing) await pause(wait);
        await applyPatiently();
      }
    } catch (error) {
      failure = error;
      onGone(error);
    } finally {
      running = undefined;
    }
  };

  const start = (): Promise<void> => {
    running ??= run();
    return running;
  };

  return {
    show(card) {
      latest = card;
      fresh = true;
      if (failure === undefined) void start();
    },
    async settled() {
      await running;
      if (failure !== undefined) throw failure;
    },
    async finish() {
      finishing = true;
      wake();
      await running;
      // The last state may have been laid out as one that goes on.
      if (failure === undefined && latest) {
        fresh = true;
        await start();
      }
      if (failure !== undefined) throw failure;
    },
  };
}
