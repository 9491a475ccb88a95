import pino, { type Logger } from "pino";
import type { Config } from "../config.ts";

const SHORTEST_SECRET = 8;
/** Shapes of secrets that no setting holds: what platforms and browsers put into addresses and headers. */
const SHAPES: readonly RegExp[] = [
  /\bhf_\w{16,}/g,
  /\bx(?:ox[a-z]|app)-[\w-]{8,}/g,
  // Interaction tokens of Discord's: whoever has one can answer as the bot for a quarter of an hour.
  /(?<=\/(?:webhooks|interactions)\/\d+\/)[\w-]{20,}/g,
  // Slack's response addresses work without any other secret.
  /(?<=hooks\.slack\.com\/)[\w/-]+/g,
  /(?<=\/join#)[\w-]+/g,
  /(?<=cloze_session=)[^;"\\\s]+/g,
  /(?<=\b(?:Bearer|Bot) )[\w.~+/-]{16,}=*/g,
  /(?<=\w:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)/g,
];

export interface Log {
  readonly logger: Logger;
  /** From now on never written. Anything shorter than 8 characters is left, for it would black out ordinary text. */
  hide(secret: string): void;
}

/**
 * A log of JSON lines in which secrets are replaced by "[secret]", wherever they come from: a setting, an error's
 * address, a request's header. The bodies of failed requests, which hold students' words, are left out.
 * @param write Takes one whole line.
 */
export function createLog(level: Config["logLevel"] | "silent", write: (line: string) => void): Log {
  const secrets = new Set<string>();
  const clean = (line: string) => {
    let text = line;
    for (const secret of secrets) text = text.replaceAll(secret, "[secret]");
    return SHAPES.reduce((rest, shape) => rest.replace(shape, "[secret]"), text);
  };
  const options = {
    level,
    redact: { paths: ["err.requestBody", "err.config", "err.request", "err.response"], remove: true },
  };
  return {
    logger: pino(options, { write: (line: string) => write(clean(line)) }),
    hide(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      secrets.add(secret);
      // As it stands in a line of JSON.
      secrets.add(JSON.stringify(secret).slice(1, -1));
    },
  };
}

/** The secrets among the settings. */
export function secretsOf({ discord, slack, metricsToken, redisUrl }: Config): string[] {
  const { connection } = slack ?? {};
  return [
    discord?.token,
    slack?.botToken,
    connection?.mode === "socket" ? connection.appToken : connection?.signingSecret,
    metricsToken,
    redisUrl && new URL(redisUrl).password,
  ].filter((secret): secret is string => typeof secret === "string" && secret !== "");
}
