import type { Logger } from "pino";
import type { Card } from "../bot/cards/card.ts";
import type { Theme } from "../bot/charts/drawing/look.ts";
import type { ChartPictures } from "../bot/charts/picture/chart-pictures.ts";
import type { Dispatcher, Prepared } from "../bot/dispatcher.ts";
import type { MessageRef, Replies, Reply } from "../bot/invocation.ts";
import type { Messenger } from "../bot/messenger.ts";
import type { Adapter } from "./adapter.ts";

export interface DrawOptions {
  readonly pictures: ChartPictures;
  readonly theme: Theme;
  readonly log: Logger;
}

/**
 * An adapter for a platform that shows pictures: every chart in a card reaches it as a PNG. Nothing is drawn before
 * an invocation is acknowledged. A chart that can't be drawn stays what it is, and is shown in its words.
 */
export function withDrawnCharts(adapter: Adapter, options: DrawOptions): Adapter {
  return {
    platform: adapter.platform,
    capabilities: adapter.capabilities,
    messenger: drawingMessenger(adapter.messenger, options),
    start: (dispatcher) => adapter.start(drawingDispatcher(dispatcher, options)),
    stop: (graceMs) => adapter.stop(graceMs),
  };
}

/** The same card with pictures in place of its charts. */
export async function drawCharts(card: Card, { pictures, theme, log }: DrawOptions): Promise<Card> {
  if (!hasCharts(card)) return card;
  const blocks = card.blocks.map(async (block) => {
    if (block.type !== "chart") return block;
    try {
      return await pictures.draw(block, theme);
    } catch (error) {
      log.warn({ err: error, kind: block.chart.kind }, "a chart could not be drawn; its words are shown");
      return block;
    }
  });
  return { ...card, blocks: await Promise.all(blocks) };
}

function hasCharts({ blocks }: Card): boolean {
  return blocks.some(({ type }) => type === "chart");
}

function drawingDispatcher(dispatcher: Dispatcher, options: DrawOptions): Dispatcher {
  const drawing = (prepared: Prepared): Prepared =>
    prepared.kind === "refused"
      ? prepared
      : { ...prepared, run: (signal) => drawReplies(prepared.run(signal), options) };
  return {
    services: dispatcher.services,
    command: async (event) => drawing(await dispatcher.command(event)),
    action: async (event) => drawing(await dispatcher.action(event)),
    autocomplete: (event, option, typed) => dispatcher.autocomplete(event, option, typed),
  };
}

async function* drawReplies(replies: Replies, options: DrawOptions): AsyncGenerator<Reply> {
  for await (const reply of replies) {
    yield "card" in reply ? { ...reply, card: await drawCharts(reply.card, options) } : reply;
  }
}

function drawingMessenger(messenger: Messenger, options: DrawOptions): Messenger {
  /** Updates of one message stay in order although a drawn one takes longer; by message. */
  const updating = new Map<string, Promise<void>>();
  const keyOf = ({ channel, id }: MessageRef) => `${channel.platform}/${channel.id}/${id}`;
  return {
    post: async (channel, card, rest) => messenger.post(channel, await drawCharts(card, options), rest),
    direct: async (account, card) => messenger.direct(account, await drawCharts(card, options)),
    openRoom: (channel, accounts, title) => messenger.openRoom(channel, accounts, title),
    async update(message, card) {
      const key = keyOf(message);
      const before = updating.get(key);
      if (!before && !hasCharts(card)) return messenger.update(message, card);
      const drawn = drawCharts(card, options);
      const done = (async () => {
        await before?.catch(() => undefined);
        await messenger.update(message, await drawn);
      })();
      updating.set(key, done);
      try {
        await done;
      } finally {
        if (updating.get(key) === done) updating.delete(key);
      }
    },
  };
}
