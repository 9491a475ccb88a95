import type { Card, Text } from "../../bot/cards/card.ts";
import { plainText as wordsOf } from "../../bot/cards/card.ts";
import type { Calls } from "./calls.ts";
import { escapeMarkdown, inert } from "./inert.ts";
import { shorten } from "./render-actions.ts";

/** Whom a stream answers, and where. */
export interface StreamTarget {
  readonly channel: string;
  readonly threadTs?: string | undefined;
  readonly userId: string;
  readonly teamId: string;
}

/** The characters that stand for a cursor at the end of a text that is still being written. */
const CURSOR = /\s*▍$/;
const TASK_TITLE = 150;

/** A reply as Slack's stream methods can show it while it grows. */
export type Growing =
  /** Nothing is written yet: what is being waited for. */
  | { readonly kind: "waiting"; readonly title: string }
  /** Markdown of what is written, everything escaped. */
  | { readonly kind: "text"; readonly markdown: string };

/**
 * Undefined for a card that is more than text, so that it can't be streamed. A single line in italics is what
 * is waited for.
 */
export function growing(card: Card): Growing | undefined {
  const isPlain = card.title === undefined && (card.tone ?? "plain") === "plain";
  if (!isPlain || card.actions?.length || card.links?.length) return undefined;
  const texts: string[] = [];
  for (const block of card.blocks) {
    if (block.type !== "text" && block.type !== "quote") return undefined;
    texts.push(wordsOf(block.text));
  }
  const [first, ...others] = card.blocks;
  if (first?.type === "text" && others.length === 0 && isItalic(first.text)) {
    return { kind: "waiting", title: shorten(inert(texts[0]!).replaceAll("\n", " "), TASK_TITLE) };
  }
  return { kind: "text", markdown: escapeMarkdown(texts.join("\n\n").replace(CURSOR, "")) };
}

function isItalic(text: Text): boolean {
  return typeof text !== "string" && text.every((part) => typeof part === "object" && "italic" in part);
}

const TASK = "writing";

/** One streamed message. */
export interface Stream {
  readonly ts: string;
  /** Shows more. False when the reply is no longer a continuation of what was shown. */
  grow(to: Growing): Promise<boolean>;
  /** Ends it; from then on it is a message like any other. */
  stop(): Promise<void>;
}

export async function startStream(calls: Calls, target: StreamTarget, first: Growing): Promise<Stream> {
  const { channel, threadTs, userId, teamId } = target;
  let sent = "";
  let waiting: string | undefined;

  const chunks = (to: Growing): object[] => {
    if (to.kind === "waiting") {
      if (to.title === waiting) return [];
      waiting = to.title;
      return [{ type: "task_update", id: TASK, title: to.title, status: "in_progress" }];
    }
    const added = to.markdown.slice(sent.length);
    const done =
      waiting === undefined ? [] : [{ type: "task_update", id: TASK, title: waiting, status: "complete" }];
    waiting = undefined;
    sent = to.markdown;
    return [...done, ...(added === "" ? [] : [{ type: "markdown_text", text: added }])];
  };

  const { ts } = await calls.call("chat.startStream", {
    channel,
    recipient_team_id: teamId,
    recipient_user_id: userId,
    chunks: chunks(first),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  });
  return {
    ts: String(ts),
    async grow(to) {
      if (to.kind === "waiting" ? sent !== "" : !to.markdown.startsWith(sent)) return false;
      const more = chunks(to);
      if (more.length > 0) {
        await calls.call("chat.appendStream", { channel, ts, chunks: more }, { between: true });
      }
      return true;
    },
    async stop() {
      await calls.call("chat.stopStream", { channel, ts });
    },
  };
}
