import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../../bot/clock.ts";
import { CALL_TIMEOUT_MS } from "./client.ts";
import { createHttpDoor } from "./http-door.ts";
import { slackLogger } from "./logger.ts";
import { DEFAULT_PATH, type SlackSettings } from "./settings.ts";
import { createSocketDoor } from "./socket-door.ts";

/** A token's identity, as auth.test tells it. */
export interface Identity {
  readonly teamId: string;
  readonly teamName: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly scopes: readonly string[];
}

/** How Slack's events come in. */
export interface Door {
  /** Throws UserError with what to set where. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** HTTP mode: the port Slack's requests come to. */
  port(): number | undefined;
}

/** The Bolt app with its door. */
export interface Connection extends Door {
  readonly app: App;
}

export function createConnection(
  { connection, apiUrl, botToken }: SlackSettings,
  { botId, botUserId, teamId }: Identity,
  log: Logger,
  clock: Clock,
): Connection {
  const logger = slackLogger(log);
  // Retries and reconnecting are done by the adapter, on its clock: the library's are switched off, explicitly.
  const clientOptions = {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
  };
  const [receiver, door] = receiverAndDoor();
  const app = new App({
    receiver,
    authorize: async () => ({ botToken, botId, botUserId, teamId }),
    clientOptions,
    // Nothing is kept between events; Bolt's default would keep every conversation in memory.
    convoStore: false,
    logger,
    logLevel: LogLevel.INFO,
  });
  app.error(async (error) => {
    log.error({ err: error }, "an event of Slack's could not be handled");
  });
  return { app, ...door };

  function receiverAndDoor(): [SocketModeReceiver | HTTPReceiver, Door] {
    if (connection.mode === "http") {
      const { signingSecret, path = DEFAULT_PATH } = connection;
      const http = new HTTPReceiver({ signingSecret, endpoints: [path], logger });
      return [http, createHttpDoor(http, connection, clock)];
    }
    const socket = new SocketModeReceiver({
      appToken: connection.appToken,
      logger,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: { ...clientOptions } },
    });
    return [socket, createSocketDoor(socket.client, clock, log)];
  }
}
