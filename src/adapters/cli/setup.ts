import { join } from "node:path";
import type { Logger } from "pino";
import type { AnyCommand } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import type { Config } from "../../config.ts";

/** Where `cloze setup slack` writes the app's manifest, in the current directory. */
const MANIFEST_FILE = "slack-manifest.yaml";

export interface SetupRequest {
  readonly words: readonly string[];
  readonly config: Config;
  readonly commands: readonly AnyCommand[];
  readonly say: (line: string) => void;
  readonly log: Logger;
}

/**
 * `cloze setup discord` and `cloze setup slack [--url ADDRESS]`.
 * @throws {UserError} "setup-unknown", and what the platform's setup finds wrong
 */
export async function setUp({ words, config, commands, say, log }: SetupRequest): Promise<void> {
  const [platform, ...rest] = words;
  const requestUrl = readUrl(platform, rest);
  if (platform === "discord") {
    const { setupDiscord } = await import("../discord/setup.ts");
    await setupDiscord({ token: config.discord?.token ?? "" }, commands, say);
    return;
  }
  const { setupSlack } = await import("../slack/setup.ts");
  const { slack } = config;
  await setupSlack(
    {
      tokens: slack,
      commandPrefix: slack?.commandPrefix ?? "",
      requestUrl,
      manifestPath: join(process.cwd(), MANIFEST_FILE),
    },
    commands,
    say,
    log,
  );
}

function readUrl(platform: string | undefined, rest: readonly string[]): string | undefined {
  const [flag, url, ...more] = rest;
  const known = platform === "slack" || platform === "discord";
  if (known && flag === undefined) return undefined;
  if (platform === "slack" && flag === "--url" && url !== undefined && more.length === 0 && URL.canParse(url))
    return url;
  throw new UserError(
    "setup-unknown",
    `cloze setup ${[platform, ...rest].join(" ")}: it is "cloze setup discord" or "cloze setup slack", the latter with --url https://…/slack/events for HTTP mode.`,
  );
}
