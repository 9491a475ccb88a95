import type { Logger } from "pino";
import type { AnyCommand } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import type { PlatformChecks } from "./doctor.ts";

/** The checks over the network. A platform's client library is loaded only when its token is set. */
export function platformChecks(
  commands: readonly AnyCommand[],
  now: () => number,
  log: Logger,
): PlatformChecks {
  return {
    async *discord({ discord, courses }) {
      if (!discord) return;
      const { examineDiscord } = await import("../discord/examine.ts");
      yield* examineDiscord(discord, courses, commands);
    },
    async *slack({ slack }) {
      if (!slack) return;
      const { examineSlack } = await import("../slack/examine.ts");
      const { commandSettings } = await import("../slack/settings.ts");
      const { commandPrefix, ...rest } = slack;
      yield* examineSlack({ ...rest, commands: commandSettings(commandPrefix) }, log);
    },
    clocks: { discord: "https://discord.com/api/v10/gateway", slack: "https://slack.com/api/api.test" },
    now,
  };
}

/**
 * Reads `cloze doctor [--offline]`.
 * @throws {UserError} "option-unknown"
 */
export function readDoctorArguments(words: readonly string[]): { readonly offline: boolean } {
  const unknown = words.find((word) => word !== "--offline");
  if (unknown === undefined) return { offline: words.length > 0 };
  throw new UserError(
    "option-unknown",
    `cloze doctor takes --offline (asks no platform) and nothing else, not "${unknown}".`,
    { given: words },
  );
}
