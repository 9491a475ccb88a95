import type { Logger } from "pino";
import type { Card } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Calls } from "./calls.ts";
import { RESPONSE_URL } from "./limits.ts";
import type { Page } from "./pages.ts";
import type { Showing } from "./showing.ts";
import type { Uploads } from "./uploads.ts";

/** How one event may be answered in private: its response_url, else an ephemeral message. */
export interface Answerable {
  readonly userId: string;
  readonly channel: string;
  /** The thread the person is in. */
  readonly threadTs?: string | undefined;
  readonly responseUrl?: string | undefined;
  /** Clock time of the event: a response_url serves 30 minutes. */
  readonly at: number;
}

/** Answers that go through the event itself. */
export interface Responding {
  /** Shows a card to the person alone. Files go to them as direct messages: nothing private can hold one. */
  privately(to: Answerable, card: Card): Promise<void>;
  /** Shows a card to everybody where the app itself may not post. False when that is no longer possible. */
  publicly(to: Answerable, card: Card, by: string): Promise<boolean>;
  /** Replaces the private message whose button was pressed. False when that is no longer possible. */
  replace(to: Answerable, card: Card): Promise<boolean>;
}

export function createResponding({
  calls,
  showing,
  uploads,
  clock,
  log,
}: {
  calls: Calls;
  showing: Showing;
  uploads: Uploads;
  clock: Clock;
  log: Logger;
}): Responding {
  const uses = new Map<string, { left: number; until: number }>();

  /** One use of a response_url; false when it has none left or Slack does not take it. */
  async function use({ responseUrl, at }: Answerable, body: object): Promise<boolean> {
    if (responseUrl === undefined) return false;
    for (const [url, { until }] of uses) if (until < clock.now()) uses.delete(url);
    const known = uses.get(responseUrl) ?? { left: RESPONSE_URL.uses, until: at + RESPONSE_URL.lifeMs };
    if (known.left <= 0 || known.until < clock.now()) return false;
    known.left -= 1;
    uses.set(responseUrl, known);
    try {
      const response = await fetch(responseUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (response.ok) return true;
      log.warn({ status: response.status, body: await response.text() }, "Slack did not take a response");
    } catch (error) {
      log.warn({ err: error }, "a response_url could not be reached");
    }
    return false;
  }

  const content = ({ text, blocks }: Page) => ({ text, blocks });

  async function ephemeral({ userId, channel, threadTs }: Answerable, page: Page): Promise<void> {
    await calls.call("chat.postEphemeral", {
      channel,
      user: userId,
      ...content(page),
      parse: "none",
      link_names: false,
      ...(threadTs !== undefined && { thread_ts: threadTs }),
    });
  }

  return {
    async privately(to, card) {
      const { pages, files } = await showing.render(card);
      for (const page of pages) {
        const body = {
          ...content(page),
          response_type: "ephemeral",
          replace_original: false,
          ...(to.threadTs !== undefined && { thread_ts: to.threadTs }),
        };
        if (!(await use(to, body))) await ephemeral(to, page);
      }
      if (files.length === 0) return;
      const { channel } = await calls.call("conversations.open", { users: to.userId });
      for (const file of files) await uploads.share(file, (channel as { id: string }).id, undefined);
    },
    async publicly(to, card, by) {
      const { pages } = await showing.render(card, by);
      for (const page of pages) {
        if (!(await use(to, { ...content(page), response_type: "in_channel", replace_original: false }))) {
          return false;
        }
      }
      return true;
    },
    async replace(to, card) {
      const { pages } = await showing.render(card);
      const [first, ...more] = pages;
      if (!(await use(to, { ...content(first!), replace_original: true }))) return false;
      for (const page of more) await ephemeral(to, page);
      return true;
    },
  };
}
