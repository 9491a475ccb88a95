import type { Logger } from "pino";
import { type Card, textCard } from "../../bot/cards/card.ts";
import type { Prepared } from "../../bot/dispatcher.ts";
import type { Reply } from "../../bot/invocation.ts";
import { type Classroom, interrupted } from "./classroom.ts";
import type { Outcome, WirePerson } from "./wire.ts";

/** Where a reply goes and who asked for it. */
export interface Asked {
  readonly by: WirePerson;
  readonly channel: string;
  /** As typed, for the line above the reply; absent for pressed buttons. */
  readonly command?: string;
  /** The pressed message. */
  readonly pressed?: { readonly message?: string; readonly action: string };
  /** Identifies the request, so that it is answered once. */
  readonly key?: string;
}

/** Runs what the dispatcher prepared and shows its replies; knows what is running. */
export interface Running {
  /**
   * Resolves as soon as the person can be told something: for commands at once, for buttons and forms with
   * the first reply (a vote is acknowledged when it is written). What follows goes on by itself.
   */
  answer(prepared: Prepared, asked: Asked): Promise<Outcome>;
  /** Asks the reply that fills this message to end. False when nothing is running there. */
  cancel(message: string): boolean;
  /** Whether this person started what fills this message. */
  startedBy(message: string, account: string): boolean;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** At shutdown: what still runs is asked to end and marked as interrupted. */
  interruptAll(): void;
}

export function createRunning(classroom: Classroom, log: Logger): Running {
  const active = new Map<AbortController, Promise<void>>();
  let stopping = false;
  const byMessage = new Map<string, { controller: AbortController; account: string }>();

  async function refuse(prepared: Extract<Prepared, { kind: "refused" }>, asked: Asked): Promise<Outcome> {
    const place = privatePlace(asked, 0);
    const { error } = prepared;
    await putPrivate(classroom, asked, place, prepared.card);
    return { refused: { code: error.code, message: error.message } };
  }

  function start(
    prepared: Extract<Prepared, { kind: "ready" }>,
    asked: Asked,
    message: string | undefined,
    onFirst: (reply: Reply | undefined) => void,
  ): void {
    const controller = new AbortController();
    const show = createShow(classroom, asked, prepared.visibility, message, (id) => {
      byMessage.set(id, { controller, account: asked.by.id });
    });
    const run = (async () => {
      let first = true;
      try {
        for await (const reply of prepared.run(controller.signal)) {
          await show.reply(reply);
          if (first) onFirst(reply);
          first = false;
        }
      } catch (error) {
        // The dispatcher turns handlers' failures into replies, so this is the classroom's own.
        log.error({ err: error, channel: asked.channel }, "a web reply could not be shown");
      } finally {
        await show.end(!controller.signal.aborted ? "done" : stopping ? "interrupted" : "stopped");
        for (const [id, entry] of byMessage) if (entry.controller === controller) byMessage.delete(id);
        active.delete(controller);
        onFirst(undefined);
      }
    })();
    active.set(
      controller,
      run.catch((error) => log.error({ err: error }, "a web reply could not be ended")),
    );
  }

  return {
    async answer(prepared, asked) {
      if (prepared.kind === "refused") return refuse(prepared, asked);
      if (asked.command !== undefined && prepared.ack !== "modal") {
        const { message, saved } = classroom.add({
          channel: asked.channel,
          asked: { by: asked.by, command: asked.command },
          state: "working",
          ...(asked.key === undefined ? {} : { key: asked.key }),
          ...(prepared.visibility === "private" ? { to: asked.by.id } : {}),
        });
        await saved;
        start(prepared, asked, message.id, () => undefined);
        return { message: message.id };
      }
      const first = await new Promise<Reply | undefined>((resolve) =>
        start(prepared, asked, undefined, resolve),
      );
      return first?.kind === "modal" ? { modal: first.modal } : {};
    },
    cancel(message) {
      const entry = byMessage.get(message);
      entry?.controller.abort();
      return entry !== undefined;
    },
    startedBy: (message, account) => byMessage.get(message)?.account === account,
    async idle() {
      while (active.size > 0) await Promise.all(active.values());
    },
    interruptAll() {
      stopping = true;
      for (const controller of active.keys()) controller.abort();
    },
  };
}

/** Shows the replies of one run. */
function createShow(
  classroom: Classroom,
  asked: Asked,
  visibility: "channel" | "private",
  placeholder: string | undefined,
  onMain: (message: string) => void,
) {
  let main = placeholder;
  let last: Card | undefined;
  let privates = 0;
  if (main !== undefined) onMain(main);

  return {
    async reply(reply: Reply): Promise<void> {
      if (reply.kind === "message") {
        last = reply.card;
        if (main === undefined) {
          main = await postMain(classroom, asked, visibility, reply.card);
          onMain(main);
        } else {
          await classroom.edit(main, { card: reply.card }, false);
        }
      } else if (reply.kind === "update" && asked.pressed?.message !== undefined) {
        await classroom.edit(asked.pressed.message, { card: reply.card }, true);
      } else if (reply.kind !== "modal") {
        await putPrivate(classroom, asked, privatePlace(asked, privates), reply.card);
        privates += 1;
      }
    },
    /** Settles the main message, or takes it back when it was never filled. */
    async end(how: "done" | "stopped" | "interrupted"): Promise<void> {
      if (main === undefined) return;
      if (how === "interrupted") {
        await classroom.edit(main, { card: interrupted(last ?? { blocks: [] }), state: how }, true);
      } else if (last || how === "stopped") {
        await classroom.edit(main, { card: last ?? STOPPED, state: how }, true);
      } else {
        await classroom.edit(main, { state: "gone" }, true);
      }
    },
  };
}

const STOPPED = textCard("Stopped before anything was written.");

async function postMain(
  classroom: Classroom,
  asked: Asked,
  visibility: "channel" | "private",
  card: Card,
): Promise<string> {
  if (visibility === "private") {
    return putPrivate(classroom, asked, privatePlace(asked, "main"), card, "working");
  }
  const { message, saved } = classroom.add({
    channel: asked.channel,
    asked: { by: asked.by },
    card,
    state: "working",
  });
  await saved;
  return message.id;
}

/** Private answers to one button of one message replace one another: "your vote: A", then "your vote: B". */
function privatePlace(asked: Asked, which: number | string): string | undefined {
  const { pressed, by } = asked;
  if (pressed?.message === undefined) return undefined;
  return `private/${pressed.message}/${pressed.action}/${by.id}/${which}`;
}

async function putPrivate(
  classroom: Classroom,
  asked: Asked,
  key: string | undefined,
  card: Card,
  state: "working" | "done" = "done",
): Promise<string> {
  const earlier = key === undefined ? undefined : classroom.byKey(key);
  if (earlier) {
    await classroom.edit(earlier.id, { card, state }, true);
    return earlier.id;
  }
  const pressed = asked.pressed?.message;
  // An answer to a button of an answer stands beside that one: the page shows one level of them.
  const under = pressed === undefined ? undefined : (classroom.message(pressed)?.under ?? pressed);
  const { message, saved } = classroom.add({
    channel: asked.channel,
    to: asked.by.id,
    asked: { by: asked.by, ...(asked.command === undefined ? {} : { command: asked.command }) },
    card,
    state,
    ...(key === undefined ? {} : { key }),
    ...(under === undefined ? {} : { under }),
  });
  await saved;
  return message.id;
}
