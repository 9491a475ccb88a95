import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { z } from "zod";
import type { Card, FileBlock } from "../../bot/cards/card.ts";
import type { Store } from "../../bot/store/store.ts";
import type { Calls } from "./calls.ts";
import { type RenderedCard, renderCard } from "./pages.ts";
import type { Posting } from "./posting.ts";
import { type PictureIds, picturesOf } from "./render-card.ts";
import type { Uploads } from "./uploads.ts";

/** A card in a channel: its message and, for a long one, the messages in its thread that go on. */
export interface Shown {
  readonly channel: string;
  readonly ts: string;
}

export interface ShowOptions {
  readonly threadTs?: string | undefined;
  /** Who asked, as a line above. */
  readonly by?: string | undefined;
  readonly key?: string | undefined;
}

/** Cards in channels: long ones over several messages, pictures and files with them. */
export interface Showing {
  post(channel: string, card: Card, options?: ShowOptions): Promise<Shown>;
  /**
   * Replaces a card.
   * @param options.between At the pace of states that will be replaced.
   * @param options.partial Its first message only, without pictures and files.
   */
  update(
    shown: Shown,
    card: Card,
    options?: ShowOptions & { readonly between?: boolean; readonly partial?: boolean },
  ): Promise<void>;
  /** A card as messages, its pictures uploaded. */
  render(card: Card, by?: string): Promise<RenderedCard>;
}

const pagesRecord = z.strictObject({
  /** The messages that go on. */
  more: z.array(z.string()),
  /** Hashes of the files that were shared. */
  files: z.array(z.string()),
});
const NOTHING = { more: [], files: [] };

export function createShowing({
  calls,
  posting,
  uploads,
  store,
  log,
}: {
  calls: Calls;
  posting: Posting;
  uploads: Uploads;
  store: Store;
  log: Logger;
}): Showing {
  const records = store.namespace("slack-pages", pagesRecord);

  async function render(card: Card, by?: string): Promise<RenderedCard> {
    const pictures = new Map<ReturnType<typeof picturesOf>[number], string>();
    for (const picture of picturesOf(card)) {
      // Without the picture the card still says what it shows.
      const id = await uploads.picture(picture).catch((error: unknown) => {
        log.warn({ err: error, picture: picture.fileName }, "a picture could not be uploaded to Slack");
        return undefined;
      });
      if (id !== undefined) pictures.set(picture, id);
    }
    return renderCard(card, pictures satisfies PictureIds, by);
  }

  /** Brings the messages that go on, and the files, to what the card has now. */
  async function rest(
    shown: Shown,
    { pages, files }: RenderedCard,
    threadTs: string | undefined,
  ): Promise<void> {
    const key = `${shown.channel}/${shown.ts}`;
    const before = (await records.get(key)) ?? NOTHING;
    const more: string[] = [];
    const thread = threadTs ?? shown.ts;
    for (const [index, page] of pages.slice(1).entries()) {
      const ts = before.more[index];
      if (ts === undefined) more.push(await posting.post(shown.channel, page, { threadTs: thread }));
      else {
        await posting.update(shown.channel, ts, page);
        more.push(ts);
      }
    }
    for (const ts of before.more.slice(pages.length - 1)) {
      await calls.call("chat.delete", { channel: shown.channel, ts });
    }
    const fresh = files.filter((file) => !before.files.includes(hash(file)));
    for (const file of fresh) await uploads.share(file, shown.channel, thread);
    if (more.length === 0 && fresh.length === 0 && before.more.length === 0) return;
    await records.set(key, { more, files: [...before.files, ...fresh.map(hash)] });
  }

  return {
    render,
    async post(channel, card, { threadTs, by, key } = {}) {
      const rendered = await render(card, by);
      const ts = await posting.post(channel, rendered.pages[0]!, { threadTs, key });
      const shown = { channel, ts };
      await rest(shown, rendered, threadTs);
      return shown;
    },
    async update(shown, card, { threadTs, by, between, partial } = {}) {
      const rendered = partial ? renderCard(card, new Map(), by) : await render(card, by);
      await posting.update(shown.channel, shown.ts, rendered.pages[0]!, between);
      if (!partial) await rest(shown, rendered, threadTs);
    },
  };
}

function hash({ fileName, bytes }: FileBlock): string {
  return createHash("sha256").update(fileName).update("\0").update(bytes).digest("hex").slice(0, 16);
}
