import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../../bot/clock.ts";
import type { Calls } from "./calls.ts";
import { SlackCallError, SlackUnansweredError } from "./errors.ts";
import type { Page } from "./pages.ts";

/** Marks the app's posts with a key of their own. */
export const POST_EVENT = "cloze_post";
const MORE_ATTEMPTS = 2;
const PAUSE_MS = 1_000;
/** A new picture is looked at by Slack before blocks may show it. */
const PICTURE_ATTEMPTS = 10;
/** How far back a lost post is looked for. */
const LOOK_BACK_S = 600;

export interface PostOptions {
  readonly threadTs?: string | undefined;
  /** Identifies the post over attempts and restarts. Left out, one is made up. */
  readonly key?: string | undefined;
}

/** Posting and updating messages so that each is there once. */
export interface Posting {
  /**
   * Posts a message. When no answer comes, the channel's history decides whether it has arrived.
   * @returns its `ts`.
   */
  post(channel: string, page: Page, options?: PostOptions): Promise<string>;
  update(channel: string, ts: string, page: Page, between?: boolean): Promise<void>;
  /** The `ts` of the post with this key, if it is among the newest. */
  find(channel: string, key: string, threadTs?: string): Promise<string | undefined>;
}

export function createPosting(calls: Calls, clock: Clock, log: Logger): Posting {
  const pause = () => new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));

  async function find(channel: string, key: string, threadTs?: string): Promise<string | undefined> {
    const args = {
      channel,
      include_all_metadata: true,
      limit: 100,
      oldest: String(clock.now() / 1000 - LOOK_BACK_S),
      ...(threadTs !== undefined && { ts: threadTs }),
    };
    const method = threadTs === undefined ? "conversations.history" : "conversations.replies";
    const { messages } = await calls.call(method, args);
    return (messages as Posted[]).find(
      ({ metadata }) => metadata?.event_type === POST_EVENT && metadata.event_payload?.key === key,
    )?.ts;
  }

  /** Waits while Slack is still looking at a picture. */
  async function withPictures<T>(send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (attempt >= PICTURE_ATTEMPTS || !isUnreadyPicture(error)) throw error;
        await pause();
      }
    }
  }

  return {
    find,
    async post(channel, page, { threadTs, key = randomUUID() } = {}) {
      const args = {
        ...message(channel, page),
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: POST_EVENT, event_payload: { key } },
        ...(threadTs !== undefined && { thread_ts: threadTs }),
      };
      for (let attempt = 0; ; attempt++) {
        try {
          const { ts } = await withPictures(() => calls.call("chat.postMessage", args));
          return String(ts);
        } catch (error) {
          if (!(error instanceof SlackUnansweredError) || attempt >= MORE_ATTEMPTS) throw error;
          const arrived = await find(channel, key, threadTs).catch((reason: unknown) => {
            log.warn({ err: reason, channel }, "a post was not answered, and the history can't be read");
            throw error;
          });
          if (arrived !== undefined) return arrived;
          await pause();
        }
      }
    },
    async update(channel, ts, page, between = false) {
      const args = { ...message(channel, page), ts };
      const key = `${channel}/${ts}`;
      await withPictures(() => calls.call("chat.update", args, { key, between }));
    },
  };
}

interface Posted {
  readonly ts: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly key?: string } };
}

/** Nothing in the text is looked for: no names, no channels. */
function message(channel: string, { text, blocks }: Page) {
  return { channel, text, blocks, parse: "none", link_names: false };
}

function isUnreadyPicture(error: unknown): boolean {
  return (
    error instanceof SlackCallError &&
    error.error === "invalid_blocks" &&
    JSON.stringify(error.details).includes("slack_file")
  );
}
