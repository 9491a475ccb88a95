import { type APIApplication, type APIGuild, REST, type RESTOptions, Routes } from "discord.js";
import type { AnyCommand } from "../../bot/commands/spec.ts";
import { inviteLink } from "./access.ts";
import { commandsJson } from "./command-json.ts";
import { loginProblem, requireToken } from "./login.ts";
import { type CommandScope, registerCommands } from "./registration.ts";

export interface SetupSettings {
  readonly token: string;
  readonly rest?: Partial<RESTOptions>;
}

/**
 * `cloze setup discord`: checks the token, registers the commands for every server and for direct messages, and
 * says by which link Cloze is added to a server. Safe to repeat.
 * @param say Takes the lines for the person who runs it.
 * @throws {UserError} "discord-token-missing", "discord-token-refused", "discord-unreachable"
 */
export async function setupDiscord(
  { token, rest: options }: SetupSettings,
  commands: readonly AnyCommand[],
  say: (line: string) => void,
): Promise<void> {
  requireToken(token);
  const rest = new REST(options).setToken(token);
  try {
    const application = (await rest.get(Routes.currentApplication())) as APIApplication;
    say(`The token is right: it belongs to the application "${application.name}" (${application.id}).`);
    const scope: CommandScope = { kind: "global" };
    const { created, changed, removed, unchanged } = await registerCommands(
      rest,
      application.id,
      scope,
      commandsJson(commands),
    );
    say(
      `Commands: ${created.length} new, ${changed.length} changed, ${removed.length} removed, ${unchanged.length} as before.`,
    );
    const guilds = (await rest.get(Routes.userGuilds())) as Pick<APIGuild, "id" | "name">[];
    for (const { id, name } of guilds) say(`Cloze is in the server "${name}" (${id}).`);
    say(`Add Cloze to ${guilds.length > 0 ? "another" : "a"} server: ${inviteLink(application.id)}`);
  } catch (error) {
    throw loginProblem(error);
  }
}
