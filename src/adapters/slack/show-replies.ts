import type { Logger } from "pino";
import { type Card, type Modal, textCard } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Reply } from "../../bot/invocation.ts";
import type { Calls } from "./calls.ts";
import { type ChannelReply, createChannelReply } from "./channel-reply.ts";
import type { Answerable, Responding } from "./responding.ts";
import type { Showing } from "./showing.ts";

/** One event that is answered. */
export interface Asked {
  readonly to: Answerable;
  /** The thread for what everybody sees; undefined: the channel itself. */
  readonly threadTs?: string | undefined;
  /** "Ada · /generate". */
  readonly by: string;
  readonly teamId: string | undefined;
  /** The message whose button was pressed. */
  readonly pressed?: {
    readonly ts: string;
    readonly ephemeral: boolean;
    readonly threadTs?: string | undefined;
  };
  /** Called once the handler has said something: what it promises is stored by then. */
  readonly onFirst?: (() => void) | undefined;
  /** Opens a form for the person. */
  readonly openModal: (modal: Modal) => Promise<void>;
}

/** What replies are shown with. */
export interface ReplyParts {
  readonly calls: Calls;
  readonly showing: Showing;
  readonly responding: Responding;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether replies may use Slack's stream methods. */
  readonly streaming: boolean;
  /** Commands in cards as they are called here. */
  readonly rename: (card: Card) => Card;
}

const WORKING: Card = textCard([{ italic: "Working on it …" }]);

/** Shows the replies of one run. */
export function createShow(
  parts: ReplyParts,
  asked: Asked,
  visibility: "channel" | "private",
  onGone: () => void,
) {
  const { showing, responding, streaming } = parts;
  const { to, by, pressed } = asked;
  const inChannel: ChannelReply | undefined =
    visibility === "channel"
      ? createChannelReply(parts, {
          to,
          threadTs: asked.threadTs,
          by,
          teamId: streaming ? asked.teamId : undefined,
          onGone,
        })
      : undefined;
  let main: Card | undefined;
  let told = false;

  async function update(card: Card): Promise<void> {
    if (!pressed) return;
    const replaced = pressed.ephemeral
      ? await responding.replace(to, card)
      : await showing
          .update({ channel: to.channel, ts: pressed.ts }, card, { threadTs: pressed.threadTs })
          .then(() => true);
    // A private message that can no longer be replaced is shown anew.
    if (!replaced) await responding.privately(to, card);
  }

  return {
    working() {
      if (told || main) return;
      told = true;
      if (inChannel) inChannel.show(WORKING);
      else void responding.privately(to, WORKING).catch(() => {});
    },
    async reply(reply: Reply): Promise<void> {
      told = true;
      switch (reply.kind) {
        case "message":
          main = reply.card;
          inChannel?.show(reply.card);
          return;
        case "private":
          await responding.privately(to, reply.card);
          return;
        case "update":
          await update(reply.card);
          return;
        case "modal":
          await asked.openModal(reply.modal);
      }
    },
    async finish(how: "done" | "interrupted"): Promise<void> {
      const card = how === "interrupted" ? withInterruption(main) : main;
      if (!card) return;
      if (inChannel) await inChannel.finish(card);
      else await responding.privately(to, card);
    },
  };
}

function withInterruption(card: Card | undefined): Card {
  const note = {
    type: "text" as const,
    text: [{ bold: "Interrupted. " }, "Cloze is being restarted. Ask again in a minute."],
  };
  return card
    ? { ...card, tone: "warning", blocks: [...card.blocks, note], actions: [] }
    : { tone: "warning", blocks: [note] };
}
