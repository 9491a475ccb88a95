import { writeFile } from "node:fs/promises";
import type { Logger } from "pino";
import type { AnyCommand } from "../../bot/commands/spec.ts";
import { checkTokens } from "./check-tokens.ts";
import { createCommandNames } from "./command-names.ts";
import { createManifest, manifestYaml, SCOPES } from "./manifest.ts";
import { commandSettings, type SlackSettings } from "./settings.ts";

export interface SlackSetup {
  /** Undefined: there are no tokens yet. */
  readonly tokens: Pick<SlackSettings, "botToken" | "connection"> | undefined;
  /** The configured prefix of commands; may be empty. */
  readonly commandPrefix: string;
  /** HTTP mode: where Slack reaches Cloze, e.g. https://cloze.example.org/slack/events. */
  readonly requestUrl?: string | undefined;
  /** Where the manifest is written. */
  readonly manifestPath: string;
  readonly apiUrl?: string | undefined;
}

/**
 * `cloze setup slack`: writes the app's manifest from the commands, checks the tokens and says what to do
 * next. Safe to repeat: that is how the app is brought up to date.
 * @param say Takes the lines for the person who runs it.
 * @throws {UserError} as `checkTokens`: one line that says what to set where.
 */
export async function setupSlack(
  { tokens, commandPrefix, requestUrl, manifestPath, apiUrl }: SlackSetup,
  commands: Iterable<AnyCommand>,
  say: (line: string) => void,
  log: Logger,
): Promise<void> {
  const names = createCommandNames(commands, commandSettings(commandPrefix));
  const mode = tokens?.connection.mode ?? (requestUrl === undefined ? "socket" : "http");
  const manifest = createManifest(names, { appName: "Cloze", mode, requestUrl });
  await writeFile(manifestPath, manifestYaml(manifest));
  const count = manifest.features.slash_commands.length;
  say(`${manifestPath} has the app's manifest: ${count} commands, ${Object.keys(SCOPES).length} scopes.`);
  if (mode === "http" && requestUrl === undefined) {
    say(
      "It lacks the request URL of HTTP mode: run this again with --url https://…/slack/events, the address under which Slack reaches Cloze.",
    );
  }
  if (!tokens) {
    for (const line of firstSteps(mode)) say(line);
    return;
  }
  const settings = { ...tokens, commands: commandSettings(commandPrefix), apiUrl };
  const { teamName, scopes } = await checkTokens(settings, log);
  say(`The tokens are right: they belong to the workspace "${teamName}".`);
  const lacking = Object.entries(SCOPES).filter(([scope]) => !scopes.includes(scope));
  for (const [scope, purpose] of lacking) say(`The scope ${scope} is missing, for: ${purpose}.`);
  say(
    lacking.length > 0
      ? 'Paste the manifest under "App Manifest" on api.slack.com/apps, then reinstall the app under "Install App".'
      : 'After a change of commands, paste the manifest under "App Manifest" on api.slack.com/apps. Then: npx cloze start',
  );
}

function firstSteps(mode: "socket" | "http"): string[] {
  const secret =
    mode === "socket"
      ? '3. "Basic Information", App-Level Tokens: generate one with the scope connections:write; copy it as SLACK_APP_TOKEN into .env.'
      : '3. "Basic Information": copy the Signing Secret as SLACK_SIGNING_SECRET into .env.';
  return [
    '1. On api.slack.com/apps choose "Create New App", "From a manifest", your workspace, and paste that file.',
    '2. "Install App": install it, then copy the Bot User OAuth Token as SLACK_BOT_TOKEN into .env.',
    secret,
    "4. Run this again to check the tokens.",
  ];
}
