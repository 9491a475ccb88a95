import type { Logger } from "pino";
import { type Card, textCard } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Prepared } from "../../bot/dispatcher.ts";
import type { Reply } from "../../bot/invocation.ts";
import { failureOf } from "./failures.ts";
import { createPacedMessage, type PacedMessage } from "./paced-message.ts";
import type { Responder } from "./responder.ts";

type Ready = Extract<Prepared, { kind: "ready" }>;

/** Runs what the dispatcher prepared and shows its replies; knows what is running. */
export interface Running {
  /** Resolves when the last reply is shown. Never throws: what can't be shown is logged. */
  run(prepared: Ready, responder: Responder): Promise<void>;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** Ends everything that runs; what has been shown is marked as interrupted. */
  interrupt(): void;
}

export function createRunning({ clock, log }: { readonly clock: Clock; readonly log: Logger }): Running {
  const active = new Map<AbortController, Promise<void>>();
  let interrupted = false;

  async function show(prepared: Ready, responder: Responder, controller: AbortController): Promise<void> {
    let main: PacedMessage | undefined;
    let last: Card | undefined;
    let refused = false;
    const gone = (error: unknown): void => {
      const failure = failureOf(error);
      if (failure === "refused") {
        refused = true;
        log.error({ err: error }, "Discord refused a reply");
      } else log.info({ err: error, failure }, "a reply can't be shown any more, so its work is ended");
      controller.abort();
    };
    const put = async (reply: Reply): Promise<void> => {
      switch (reply.kind) {
        case "message":
          last = reply.card;
          main ??= createPacedMessage(
            responder.reply(prepared.visibility),
            { clock, log, streaming: true },
            gone,
          );
          main.show(reply.card);
          return;
        case "private":
          return responder.whisper(reply.card);
        case "update":
          return responder.update(reply.card);
        case "modal":
          return responder.openModal(reply.modal);
      }
    };
    try {
      const ended = await each(prepared.run(controller.signal), controller.signal, put);
      if (!ended && interrupted) await put({ kind: "message", card: marked(last) });
      await main?.finish();
      await responder.close();
    } catch (error) {
      if (!controller.signal.aborted) gone(error);
    }
    if (!refused) return;
    await responder
      .whisper(REFUSED)
      .catch((error: unknown) => log.warn({ err: error }, "a refusal could not be told"));
  }

  return {
    async run(prepared, responder) {
      const controller = new AbortController();
      const shown = show(prepared, responder, controller).finally(() => active.delete(controller));
      active.set(controller, shown);
      await shown;
    },
    async idle() {
      while (active.size > 0) await Promise.all(active.values());
    },
    interrupt() {
      interrupted = true;
      for (const controller of active.keys()) controller.abort();
    },
  };
}

const REFUSED = textCard(
  "Discord did not take this reply, so it can't be shown. The log says why; tell the teacher.",
  { tone: "error" },
);

/** Takes the replies one by one, until the signal ends it. True when they came to their own end. */
async function each(
  replies: AsyncIterable<Reply>,
  signal: AbortSignal,
  put: (reply: Reply) => Promise<void>,
): Promise<boolean> {
  const iterator = replies[Symbol.asyncIterator]();
  const aborted = new Promise<"aborted">((resolve) => {
    signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
  for (;;) {
    const next = iterator.next();
    const step = await Promise.race([next, aborted]);
    if (step === "aborted") {
      // Not awaited: a handler that does not listen to its signal would hold everything up.
      next.then(() => iterator.return?.()).catch(() => undefined);
      return false;
    }
    if (step.done) return true;
    await put(step.value);
  }
}

/** What had been shown, and that nothing more will come. */
function marked(card: Card | undefined): Card {
  const blocks = card?.blocks ?? [];
  const note = "Cloze was shut down before this was finished. Use the command again.";
  return {
    ...card,
    tone: "warning",
    blocks: [...blocks, { type: "text", text: [{ bold: "Interrupted. " }, note] }],
    actions: [],
  };
}
