import { type SocketModeReceiver, webApi } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import type { Door } from "./connection.ts";
import { callError, SlackCallError } from "./errors.ts";

const OPEN_WITHIN_MS = 20_000;
const CLOSE_WITHIN_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Keeps a Socket Mode connection. The library's own reconnecting (3.1) leaves a gap of five to twelve seconds
 * each time Slack recycles the connection, in which presses fail: it waits for Slack to end the TCP connection,
 * which Slack does not, then pauses; and a reconnect that fails for good ends the process by an unhandled
 * rejection. So it is switched off, and done here: at once, then with growing pauses, for as long as it takes.
 */
export function createSocketDoor(client: SocketModeReceiver["client"], clock: Clock, log: Logger): Door {
  let closed = false;
  let connecting = false;
  let endPause = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });

  /** Ends a connection whose closing handshake is under way without waiting for the other side. */
  const endNow = () => client.websocket?.disconnect();

  async function connect(): Promise<void> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(OPEN_WITHIN_MS, () =>
        reject(new Error(`no hello within ${OPEN_WITHIN_MS / 1000} s`)),
      );
    });
    try {
      const start = client.start();
      // When it is late, nobody waits for it any more.
      start.catch(() => {});
      await Promise.race([start, late]);
    } finally {
      cancel();
    }
  }

  async function reconnect(): Promise<void> {
    if (connecting || closed) return;
    connecting = true;
    const since = clock.now();
    for (let attempt = 1; !closed; attempt++) {
      try {
        await connect();
        if (attempt > 1) log.info({ forMs: clock.now() - since }, "connected to Slack again");
        break;
      } catch (thrown) {
        if (closed) break;
        const error = callError(
          "apps.connections.open",
          thrown ?? new Error("the connection closed at once"),
        );
        const level = error instanceof SlackCallError || attempt === 5 ? "error" : "warn";
        log[level]({ err: error, attempt }, `no connection to Slack: ${describe(error)}`);
        await pause(pauseAfter(thrown, attempt));
      }
    }
    connecting = false;
  }

  client.on("ws_message", (data: unknown) => {
    // Slack recycles the connection. The library has begun the closing handshake by the next turn.
    if (messageType(data) === "disconnect") setImmediate(endNow);
  });
  client.on("disconnected", () => void reconnect());

  return {
    async open() {
      connecting = true;
      try {
        await connect();
      } catch (error) {
        closed = true;
        endNow();
        log.debug({ err: error }, "no Socket Mode connection");
        throw new UserError(
          "slack-no-connection",
          'Slack opened no Socket Mode connection. See that the network lets WebSockets out, and that Socket Mode is on under "Socket Mode" on api.slack.com/apps.',
        );
      } finally {
        connecting = false;
      }
    },
    async close() {
      closed = true;
      endPause();
      const ended = client.disconnect();
      const cancel = clock.after(CLOSE_WITHIN_MS, endNow);
      setImmediate(endNow);
      await ended;
      cancel();
    },
    port: () => undefined,
  };
}

function messageType(data: unknown): unknown {
  if (typeof data !== "string") return undefined;
  try {
    return (JSON.parse(data) as { type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}

function pauseAfter(thrown: unknown, attempt: number): number {
  if (thrown instanceof webApi.WebAPIRateLimitedError) return thrown.retryAfter * 1_000;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
}

function describe(error: unknown): string {
  if (error instanceof SlackCallError) {
    return `Slack refuses SLACK_APP_TOKEN (${error.error}); copy it anew from "Basic Information", App-Level Tokens`;
  }
  return error instanceof Error ? error.message : String(error);
}
