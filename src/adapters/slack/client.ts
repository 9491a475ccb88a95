import { webApi } from "@slack/bolt";
import type { Logger } from "pino";
import { slackLogger } from "./logger.ts";
import type { SlackSettings } from "./settings.ts";

export const CALL_TIMEOUT_MS = 15_000;

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
