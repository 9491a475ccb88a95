import { type Card, textCard } from "../../bot/cards/card.ts";
import type { Prepared } from "../../bot/dispatcher.ts";
import { UserError } from "../../bot/errors.ts";
import type { Reply } from "../../bot/invocation.ts";
import { isGone } from "./errors.ts";
import { type Asked, createShow, type ReplyParts } from "./show-replies.ts";

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

interface Run {
  readonly channel: string;
  readonly controller: AbortController;
  readonly interrupt: () => void;
  readonly done: Promise<void>;
}

export function createRunning(parts: ReplyParts): Running {
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
