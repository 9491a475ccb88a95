import type { Server } from "node:http";
import type { HTTPReceiver } from "@slack/bolt";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import type { Door } from "./connection.ts";

const LOOPBACK = "127.0.0.1";
const CLOSE_WITHIN_MS = 1_000;

/** Requests that Slack signs, on a port of this machine. */
export function createHttpDoor(
  receiver: HTTPReceiver,
  { host = LOOPBACK, port }: { readonly host?: string | undefined; readonly port: number },
  clock: Clock,
): Door {
  let server: Server | undefined;
  return {
    async open() {
      try {
        server = (await receiver.start({ host, port })) as Server;
      } catch (error) {
        if (!(error instanceof Error && "code" in error)) throw error;
        throw new UserError(
          "slack-port-taken",
          `Port ${port} of ${host} can't be opened for Slack (${String(error.code)}). Set CLOZE_SLACK_PORT in .env to a free one.`,
          { port },
        );
      }
    },
    async close() {
      if (!server) return;
      const closing = server;
      server = undefined;
      closing.closeIdleConnections();
      const cancel = clock.after(CLOSE_WITHIN_MS, () => closing.closeAllConnections());
      await receiver.stop();
      cancel();
    },
    port() {
      const address = server?.address();
      return typeof address === "object" ? address?.port : undefined;
    },
  };
}
