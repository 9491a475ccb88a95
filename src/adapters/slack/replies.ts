import type { Logger } from "pino";
import { type Card, type Modal, textCard } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Prepared } from "../../bot/dispatcher.ts";
import { UserError } from "../../bot/errors.ts";
import type { Reply } from "../../bot/invocation.ts";
import type { Calls } from "./calls.ts";
import { type ChannelReply, createChannelReply } from "./channel-reply.ts";
import { isGone } from "./errors.ts";
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

/** Runs what the dispatcher prepared and shows its replies; knows what is running. */
export interface Running {
  /** Resolves when the reply is shown for good. Never throws. */
  answer(prepared: Prepared, asked: Asked): Promise<void>;
  /** Ends the replies in this channel: nobody can see them any more. */
  leave(channel: string): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** Ends every reply, each with a note that it was interrupted. */
  interrupt(): void;
}

/** After so long without a reply, the person is told that work is going on. */
const WORKING_AFTER_MS = 1_000;
const WORKING: Card = textCard([{ italic: "Working on it …" }]);

interface Parts {
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

interface Run {
  readonly channel: string;
  readonly controller: AbortController;
  readonly interrupt: () => void;
  readonly done: Promise<void>;
}

export function createRunning(parts: Parts): Running {
  const runs = new Set<Run>();
  const { responding, clock, log } = parts;

  return {
    async answer(prepared, asked) {
      if (prepared.kind === "refused") {
        asked.onFirst?.();
        await tell(asked, parts.rename(prepared.card));
        return;
      }
      const controller = new AbortController();
      let interrupt = () => {};
      const interrupted = new Promise<void>((resolve) => {
        interrupt = resolve;
      });
      const done = run(prepared, asked, controller, interrupted);
      const entry: Run = { channel: asked.to.channel, controller, interrupt, done };
      runs.add(entry);
      await done;
      runs.delete(entry);
    },
    leave(channel) {
      for (const entry of runs) if (entry.channel === channel) entry.controller.abort();
    },
    async idle() {
      while (runs.size > 0) await Promise.all([...runs].map(({ done }) => done));
    },
    interrupt() {
      for (const { controller, interrupt } of runs) {
        interrupt();
        controller.abort();
      }
    },
  };

  async function run(
    prepared: Extract<Prepared, { kind: "ready" }>,
    asked: Asked,
    controller: AbortController,
    interrupted: Promise<void>,
  ): Promise<void> {
    const show = createShow(parts, asked, prepared.visibility, () => controller.abort());
    const cancelTimer = clock.after(WORKING_AFTER_MS, () => show.working());
    try {
      const replies = prepared.run(controller.signal)[Symbol.asyncIterator]();
      for (;;) {
        const next = await Promise.race([replies.next(), interrupted]);
        if (next === undefined) {
          await show.finish("interrupted");
          // Lets the handler clean up; what it still says comes too late.
          void replies.return?.().catch(() => {});
          return;
        }
        asked.onFirst?.();
        if (next.done) break;
        cancelTimer();
        await show.reply(renamed(next.value));
      }
      await show.finish("done");
    } catch (error) {
      if (isGone(error)) return;
      // The dispatcher turns handlers' failures into replies, so this is Slack's or ours.
      log.error({ err: error, channel: asked.to.channel }, "a reply could not be shown in Slack");
      await tell(asked, failure(error));
    } finally {
      cancelTimer();
    }
  }

  function renamed(reply: Reply): Reply {
    return reply.kind === "modal" ? reply : { ...reply, card: parts.rename(reply.card) };
  }

  async function tell({ to }: Asked, card: Card): Promise<void> {
    await responding.privately(to, card).catch((error: unknown) => {
      log.error({ err: error, channel: to.channel }, "somebody could not be answered in Slack");
    });
  }
}

function failure(error: unknown): Card {
  const words =
    error instanceof UserError
      ? error.message
      : "The reply was ready, but Slack did not take it. Try again in a moment; if it stays so, tell the teacher: the log says why.";
  return textCard(words, { tone: "error" });
}

/** Shows the replies of one run. */
function createShow(parts: Parts, asked: Asked, visibility: "channel" | "private", onGone: () => void) {
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
