import type { Server } from "node:http";
import { App, HTTPReceiver, LogLevel, SocketModeReceiver, webApi } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import { slackLogger } from "./logger.ts";
import { DEFAULT_PATH, type SlackSettings } from "./settings.ts";

/** A token's identity, as auth.test tells it. */
export interface Identity {
  readonly teamId: string;
  readonly teamName: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly scopes: readonly string[];
}

/** The Bolt app with its connection. */
export interface Connection {
  readonly app: App;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** HTTP mode: the port Slack's requests come to. */
  port(): number | undefined;
}

const START_WITHIN_MS = 20_000;
const CALL_TIMEOUT_MS = 15_000;
const RECONNECT_MS = 2_000;
const LOOPBACK = "127.0.0.1";

/**
 * A client for calls of our own. Retries and the waiting after a 429 are done by `calls.ts`, on the clock and
 * knowing what may be repeated; so the library's are switched off here, explicitly.
 */
export function createClient(
  token: string,
  settings: Pick<SlackSettings, "apiUrl">,
  log: Logger,
): webApi.WebClient {
  return new webApi.WebClient(token, {
    ...(settings.apiUrl !== undefined && { slackApiUrl: settings.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
    logger: slackLogger(log),
  });
}

export function createConnection(
  settings: SlackSettings,
  identity: Identity,
  log: Logger,
  clock: Clock,
): Connection {
  const logger = slackLogger(log);
  const api = settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl };
  const { connection } = settings;
  const receiver =
    connection.mode === "socket"
      ? new SocketModeReceiver({
          appToken: connection.appToken,
          logger,
          clientPingTimeout: settings.reconnectMs ?? RECONNECT_MS,
          // For the reconnecting: as often as it takes.
          installerOptions: { clientOptions: { ...api, retryConfig: { retries: 100, factor: 1.3 } } },
        })
      : new HTTPReceiver({
          signingSecret: connection.signingSecret,
          endpoints: [connection.path ?? DEFAULT_PATH],
          logger,
        });
  const app = new App({
    receiver,
    authorize: async () => ({
      botToken: settings.botToken,
      botId: identity.botId,
      botUserId: identity.botUserId,
      teamId: identity.teamId,
    }),
    // Listeners use the adapter's own calls; the same holds for the client Bolt hands them.
    clientOptions: {
      ...api,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: CALL_TIMEOUT_MS,
    },
    // Nothing is kept between events; Bolt's default would keep every conversation in memory.
    convoStore: false,
    logger,
    logLevel: LogLevel.INFO,
  });
  app.error(async (error) => {
    log.error({ err: error }, "an event of Slack's could not be handled");
  });
  let server: Server | undefined;

  return {
    app,
    async start() {
      if (receiver instanceof HTTPReceiver) {
        if (connection.mode !== "http") return;
        server = (await receiver.start({
          host: connection.host ?? LOOPBACK,
          port: connection.port,
        })) as Server;
        return;
      }
      await within(clock, receiver.client.start());
    },
    async stop() {
      if (receiver instanceof HTTPReceiver) {
        server?.closeIdleConnections();
        if (server) await receiver.stop();
        return;
      }
      // Slack does not close the TCP connection after the closing handshake, and the library waits for it.
      await within(clock, receiver.client.disconnect(), 1_000).catch(() => {});
    },
    port() {
      const address = server?.address();
      return typeof address === "object" ? address?.port : undefined;
    },
  };
}

async function within<T>(clock: Clock, promise: Promise<T>, ms = START_WITHIN_MS): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () =>
      reject(
        new UserError(
          "slack-no-connection",
          'Slack opened no Socket Mode connection within 20 s. See that the machine reaches wss-primary.slack.com, and that Socket Mode is on under "Socket Mode" on api.slack.com/apps.',
        ),
      ),
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
