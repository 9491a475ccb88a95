import type { Logger } from "pino";
import { UserError } from "../../bot/errors.ts";
import { checkTokens } from "./check-tokens.ts";
import { SCOPES } from "./manifest.ts";
import type { SlackSettings } from "./settings.ts";

/** Tries the tokens and names each scope that is missing, with what it is for. */
export async function* examineSlack(
  settings: SlackSettings,
  log: Logger,
): AsyncGenerator<{ level: "ok" | "warning" | "error"; message: string }> {
  try {
    const { teamName, scopes } = await checkTokens(settings, log);
    yield { level: "ok", message: `the tokens belong to the workspace "${teamName}"` };
    const lacking = Object.entries(SCOPES).filter(([scope]) => !scopes.includes(scope));
    for (const [scope, purpose] of lacking) {
      yield {
        level: "warning",
        message: `the app lacks the scope ${scope}, so there is no: ${purpose}. Paste the manifest of "npx cloze setup slack", then reinstall the app.`,
      };
    }
    if (lacking.length === 0) yield { level: "ok", message: "the app has every scope" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    yield { level: "error", message: error.message };
  }
}
