import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import type { Classroom } from "./classroom.ts";
import { COUNT_INTERVAL_MS, HEARTBEAT_MS, STREAMS_PER_PERSON } from "./limits.ts";

/** The server-sent events that pages follow the classroom by. */
export interface EventStreams {
  /**
   * Everything the account may see that changed after the last event its browser names, then what happens.
   * @throws {UserError} "streams-many"
   */
  open(context: Context, account: string): Response;
  /** Resolves when every stream has sent its last event and ended. */
  drained(): Promise<void>;
}

export function createEventStreams(classroom: Classroom, clock: Clock): EventStreams {
  const byAccount = new Map<string, number>();
  const running = new Set<Promise<void>>();
  let counted = false;

  /** Tells everybody how many are here, at once and once more when people have stopped coming and going. */
  function count(): void {
    if (counted) return;
    counted = true;
    const tell = () => classroom.announce({ type: "people", here: classroom.here() });
    tell();
    clock.after(COUNT_INTERVAL_MS, () => {
      counted = false;
      tell();
    });
  }

  function enter(account: string): () => void {
    byAccount.set(account, (byAccount.get(account) ?? 0) + 1);
    return () => {
      const left = byAccount.get(account)! - 1;
      if (left > 0) byAccount.set(account, left);
      else byAccount.delete(account);
    };
  }

  return {
    open(context, account) {
      const own = byAccount.get(account) ?? 0;
      if (own >= STREAMS_PER_PERSON) {
        throw new UserError(
          "streams-many",
          `The classroom is open ${own} times under your name, the most that is allowed. Close a tab.`,
        );
      }
      const after = Number(context.req.header("last-event-id") ?? context.req.query("after"));
      // Proxies that collect an answer before they pass it on are asked not to.
      context.header("X-Accel-Buffering", "no");
      return streamSSE(context, async (stream) => {
        const { promise: ended, resolve: end } = Promise.withResolvers<void>();
        running.add(ended);
        const exit = enter(account);
        const mailbox = classroom.follow(account, Number.isSafeInteger(after) ? after : 0);
        stream.onAbort(() => classroom.unfollow(mailbox));
        let cancelBeat = () => {};
        const beat = () => {
          void stream.write(": here\n\n");
          cancelBeat = clock.after(HEARTBEAT_MS, beat);
        };
        beat();
        count();
        try {
          for (let item = await mailbox.take(); item && !stream.aborted; item = await mailbox.take()) {
            const id = item.seq === undefined ? {} : { id: String(item.seq) };
            await stream.writeSSE({ data: item.json, ...id });
          }
        } finally {
          cancelBeat();
          classroom.unfollow(mailbox);
          exit();
          count();
          running.delete(ended);
          end();
        }
      });
    },
    async drained() {
      await Promise.all(running);
    },
  };
}
