import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes, GatewayCloseCodes } from "discord.js";
import { UserError } from "../../bot/errors.ts";

const WHERE = "Discord's Developer Portal (discord.com/developers/applications), your application, Bot";

/** @throws {UserError} "discord-token-missing" */
export function requireToken(token: string): void {
  if (token.trim() !== "") return;
  throw new UserError(
    "discord-token-missing",
    `DISCORD_TOKEN is empty. Make a token in ${WHERE}, Reset Token, and set DISCORD_TOKEN to it in .env.`,
  );
}

/** A failed login in one line that says what to set where; other errors as they are. */
export function loginProblem(error: unknown): unknown {
  const refused =
    (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) ||
    (error instanceof DiscordAPIError && error.status === 401) ||
    messageIs(error, "Authentication failed");
  if (refused) return tokenRefused();
  if (messageIs(error, "Used disallowed intents")) return intentsRefused();
  if (isUnreachable(error))
    return new UserError(
      "discord-unreachable",
      "Discord can't be reached. Check this machine's internet connection, and whether a firewall stops https://discord.com; then start again.",
    );
  return error;
}

/** Why Discord has closed the connection for good. */
export function closeProblem(code: number): UserError {
  if (code === GatewayCloseCodes.AuthenticationFailed) return tokenRefused();
  if (code === GatewayCloseCodes.DisallowedIntents) return intentsRefused();
  return new UserError(
    "discord-closed",
    `Discord has closed the connection for good (${GatewayCloseCodes[code] ?? code}). Start Cloze again.`,
    { code },
  );
}

const tokenRefused = (): UserError =>
  new UserError(
    "discord-token-refused",
    `Discord does not know the token in DISCORD_TOKEN. Make a new one in ${WHERE}, Reset Token, and set DISCORD_TOKEN to it in .env.`,
  );

const intentsRefused = (): UserError =>
  new UserError(
    "discord-intents-refused",
    `Discord refuses an intent that is switched off. Switch it on in ${WHERE}, Privileged Gateway Intents, and start again.`,
  );

function messageIs(error: unknown, message: string): boolean {
  return error instanceof Error && error.message === message;
}

function isUnreachable(error: unknown): boolean {
  const codes = [error, error instanceof Error ? error.cause : undefined].map((e) =>
    e instanceof Error && "code" in e ? String(e.code) : "",
  );
  return codes.some((code) =>
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(
      code,
    ),
  );
}
