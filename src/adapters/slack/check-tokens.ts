import type { webApi } from "@slack/bolt";
import type { Logger } from "pino";
import { UserError } from "../../bot/errors.ts";
import { createClient } from "./client.ts";
import type { Identity } from "./connection.ts";
import { callError, SlackCallError } from "./errors.ts";
import { SCOPES } from "./manifest.ts";
import type { SlackSettings } from "./settings.ts";

/** Scopes without which nothing works; the others cost a function each. */
const NEEDED = ["chat:write", "commands"];

/**
 * Asks Slack who the tokens are.
 * @throws {UserError} "slack-token-missing", "slack-token-kind", "slack-token-refused", "slack-scope-missing",
 *   "slack-unreachable": one line that says what to set where.
 */
export async function checkTokens(settings: SlackSettings, log: Logger): Promise<Identity> {
  const { botToken, connection } = settings;
  refuseKind(botToken, "xoxb-", "SLACK_BOT_TOKEN", '"OAuth & Permissions", Bot User OAuth Token');
  if (connection.mode === "socket") {
    refuseKind(connection.appToken, "xapp-", "SLACK_APP_TOKEN", '"Basic Information", App-Level Tokens');
  } else if (connection.signingSecret === "") {
    throw missing("SLACK_SIGNING_SECRET", '"Basic Information", Signing Secret');
  }
  const answer = await authTest(botToken, "SLACK_BOT_TOKEN", settings, log);
  const scopes = answer.response_metadata?.scopes ?? [];
  const lacking = NEEDED.filter((scope) => !scopes.includes(scope));
  if (lacking.length > 0) {
    throw new UserError(
      "slack-scope-missing",
      `The Slack app lacks ${lacking.join(" and ")}. Add ${lacking.length > 1 ? "them" : "it"} under "OAuth & Permissions" on api.slack.com/apps (or paste the manifest of "npx cloze setup slack"), then reinstall the app.`,
      { needed: lacking },
    );
  }
  for (const [scope, purpose] of Object.entries(SCOPES)) {
    if (!scopes.includes(scope)) {
      log.warn({ scope }, `the Slack app lacks the scope ${scope}, so there is no: ${purpose}`);
    }
  }
  if (connection.mode === "socket") await checkAppToken(connection.appToken, settings, log);
  return {
    teamId: answer.team_id ?? "",
    teamName: answer.team ?? "",
    botUserId: answer.user_id ?? "",
    botId: answer.bot_id ?? "",
    scopes,
  };
}

async function checkAppToken(token: string, settings: SlackSettings, log: Logger): Promise<void> {
  const { response_metadata } = await authTest(token, "SLACK_APP_TOKEN", settings, log);
  const scopes = response_metadata?.scopes ?? [];
  if (scopes.length === 0 || scopes.includes("connections:write")) return;
  throw new UserError(
    "slack-scope-missing",
    'SLACK_APP_TOKEN lacks connections:write. Make an app-level token with that scope under "Basic Information", App-Level Tokens, on api.slack.com/apps.',
    { needed: ["connections:write"] },
  );
}

async function authTest(
  token: string,
  name: string,
  settings: SlackSettings,
  log: Logger,
): Promise<webApi.AuthTestResponse> {
  try {
    return await createClient(token, settings, log).auth.test();
  } catch (thrown) {
    const error = callError("auth.test", thrown);
    if (error instanceof SlackCallError) {
      const where =
        name === "SLACK_APP_TOKEN" ? '"Basic Information", App-Level Tokens' : '"OAuth & Permissions"';
      throw new UserError(
        "slack-token-refused",
        `Slack refuses ${name} (${error.error}). Copy it anew from ${where} on api.slack.com/apps into .env.`,
        { token: name, error: error.error },
      );
    }
    throw new UserError(
      "slack-unreachable",
      `Slack can't be reached: ${thrown instanceof Error ? thrown.message : String(thrown)}. Check the network, then start again.`,
    );
  }
}

function refuseKind(token: string, prefix: string, name: string, where: string): void {
  if (token === "") throw missing(name, where);
  if (token.startsWith(prefix)) return;
  throw new UserError(
    "slack-token-kind",
    `${name} begins with "${token.slice(0, 5)}"; it must begin with "${prefix}". It stands under ${where}, on api.slack.com/apps.`,
    { token: name },
  );
}

function missing(name: string, where: string): UserError {
  return new UserError(
    "slack-token-missing",
    `${name} is not set. Copy it from ${where}, on api.slack.com/apps into .env ("npx cloze setup slack" walks through it).`,
    { token: name },
  );
}
