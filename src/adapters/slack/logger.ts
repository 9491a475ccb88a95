import { LogLevel, type Logger as SlackLogger } from "@slack/bolt";
import type { Logger } from "pino";

/** Bolt's log lines in ours. What it calls information is for whoever looks for something. */
export function slackLogger(log: Logger): SlackLogger {
  const words = (parts: readonly unknown[]) => parts.map(String).join(" ");
  return {
    debug() {},
    info: (...parts) => log.debug(words(parts)),
    warn: (...parts) => log.debug(words(parts)),
    error: (...parts) => log.warn(words(parts)),
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}
