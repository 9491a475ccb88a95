import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";

/**
 * What a failed request to Discord means for a message.
 * - `gone`: the message, the channel or the bot's access to it is gone; nothing can be shown there any more.
 * - `token-over`: the 15 minutes in which an interaction may be answered by its token are over.
 * - `too-late`: the first response came after the 3 seconds, or a second one was tried.
 * - `passing`: worth another try.
 * - `refused`: Discord will not take this, now or later.
 */
export type Failure = "gone" | "token-over" | "too-late" | "passing" | "refused";

const GONE = new Set([
  10003, // unknown channel
  10004, // unknown guild
  10008, // unknown message
  50001, // missing access
  50013, // missing permissions
  50083, // archived thread
]);
const TOKEN_OVER = new Set([
  10015, // unknown webhook
  50027, // invalid webhook token
]);
const TOO_LATE = new Set([
  10062, // unknown interaction
  40060, // already acknowledged
]);

export function failureOf(error: unknown): Failure {
  if (error instanceof DiscordAPIError) {
    const code = Number(error.code);
    if (GONE.has(code)) return "gone";
    if (TOKEN_OVER.has(code)) return "token-over";
    if (TOO_LATE.has(code)) return "too-late";
    return "refused";
  }
  // discord.js has tried 5xx several times by then, and never retries a connection cut without an answer.
  if (error instanceof HTTPError || error instanceof RateLimitError) return "passing";
  return error instanceof Error && isNetwork(error) ? "passing" : "refused";
}

function isNetwork(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return /^(UND_ERR|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)/.test(code) || error.name === "AbortError";
}
