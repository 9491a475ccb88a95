import { createServer } from "node:http";
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { onTestFinished } from "vitest";
import type { Slack } from "../../fakes/slack/slack.ts";
import { quiet } from "./setup.ts";

/** How long Bolt waits before it connects again; its heartbeat shares the number. */
const RECONNECT_MS = 1000;

/** The real Bolt in Socket Mode, listening to what `listen` registers, stopped when the test ends. */
export async function socketApp(slack: Slack, listen: (app: App) => void): Promise<App> {
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logger: quiet,
    clientPingTimeout: RECONNECT_MS,
    installerOptions: { clientOptions },
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions,
    logger: quiet,
    logLevel: LogLevel.ERROR,
  });
  listen(app);
  await app.start();
  onTestFinished(async () => void (await receiver.client.disconnect()));
  return app;
}

/** The real Bolt in HTTP mode on a free port. Returns the URL that Slack calls. */
export async function httpApp(
  slack: Slack,
  listen: (app: App) => void,
  signingSecret = slack.signingSecret,
): Promise<string> {
  const receiver = new HTTPReceiver({ signingSecret, logger: quiet });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logger: quiet,
    logLevel: LogLevel.ERROR,
  });
  listen(app);
  const server = createServer((request, response) => receiver.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/slack/events`;
}
