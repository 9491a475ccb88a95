import {
  type APIApplicationCommand,
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIOverwrite,
  DiscordAPIError,
  PermissionFlagsBits,
  REST,
  type RESTOptions,
  Routes,
} from "discord.js";
import type { AnyCommand } from "../../bot/commands/spec.ts";
import type { Course } from "../../bot/course/courses.ts";
import { UserError } from "../../bot/errors.ts";
import { inviteLink, missingAmong } from "./access.ts";
import { commandsJson } from "./command-json.ts";
import { loginProblem } from "./login.ts";

/** One line of what was found; what to do when it is not ok. */
export interface DiscordFinding {
  readonly level: "ok" | "warning" | "error";
  readonly message: string;
}

/** The bot's own id and what it may do by role, in one server. */
interface Standing {
  readonly guild: APIGuild;
  readonly member: APIGuildMember;
  readonly permissions: bigint;
}

/**
 * Tries the token and looks at the courses' servers and channels, without connecting and without changing anything:
 * whether the commands are registered, whether Cloze is where courses are and may do there what it needs.
 */
export async function* examineDiscord(
  { token, rest: options }: { readonly token: string; readonly rest?: Partial<RESTOptions> },
  courses: readonly Course[],
  commands: readonly AnyCommand[],
): AsyncGenerator<DiscordFinding> {
  const rest = new REST({ retries: 1, ...options }).setToken(token);
  try {
    const application = (await rest.get(Routes.currentApplication())) as { id: string; name: string };
    const bot = (await rest.get(Routes.user())) as { id: string };
    yield ok(`the token belongs to "${application.name}"; no privileged intent is needed`);
    yield await registered(rest, application.id, commands);
    const guilds = (await rest.get(Routes.userGuilds())) as { id: string; name: string }[];
    const invite = `Invite it by ${inviteLink(application.id)}`;
    if (guilds.length === 0) yield { level: "warning", message: `Cloze is in no server yet. ${invite}` };
    const standings = new Map<string, Standing>();
    for (const { id } of guilds) standings.set(id, await standingIn(rest, id, bot.id));
    for (const { guild, permissions } of standings.values()) {
      const lacking = missingAmong(permissions);
      yield lacking === ""
        ? ok(`the server "${guild.name}": every permission that is needed`)
        : warning(`In the server "${guild.name}" Cloze lacks ${lacking}. Server Settings, Roles, Cloze.`);
    }
    for (const { name, communities, channels } of courses) {
      for (const { platform, id } of communities) {
        if (platform === "discord" && !standings.has(id)) {
          yield { level: "error", message: `${name}: Cloze is not in the server ${id}. ${invite}` };
        }
      }
      for (const { platform, id } of channels) {
        if (platform === "discord") yield await channel(rest, name, id, standings, bot.id);
      }
    }
  } catch (error) {
    const told = loginProblem(error);
    if (!(told instanceof UserError)) throw error;
    yield { level: "error", message: told.message };
  }
}

async function registered(
  rest: REST,
  applicationId: string,
  commands: readonly AnyCommand[],
): Promise<DiscordFinding> {
  const present = (await rest.get(Routes.applicationCommands(applicationId))) as APIApplicationCommand[];
  const names = new Set(present.map(({ name }) => name));
  const missing = [...new Set(commandsJson(commands).map(({ name }) => name))].filter(
    (name) => !names.has(name),
  );
  if (missing.length === 0) return ok(`${present.length} commands are registered`);
  return warning(
    `${missing.length} commands are not registered (${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}). Run: npx cloze setup discord`,
  );
}

async function standingIn(rest: REST, guildId: string, botId: string): Promise<Standing> {
  const guild = (await rest.get(Routes.guild(guildId))) as APIGuild;
  const member = (await rest.get(Routes.guildMember(guildId, botId))) as APIGuildMember;
  // The role of everybody has the server's id.
  const permissions = guild.roles
    .filter(({ id }) => id === guildId || member.roles.includes(id))
    .reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  return { guild, member, permissions };
}

async function channel(
  rest: REST,
  course: string,
  id: string,
  standings: ReadonlyMap<string, Standing>,
  botId: string,
): Promise<DiscordFinding> {
  let found: APIChannel & { guild_id?: string; permission_overwrites?: APIOverwrite[] };
  try {
    found = (await rest.get(Routes.channel(id))) as typeof found;
  } catch (error) {
    if (!(error instanceof DiscordAPIError && [403, 404].includes(error.status))) throw error;
    return {
      level: "error",
      message: `${course}: Cloze can't see the channel ${id}. Check the id, and give its role the permission View Channel there.`,
    };
  }
  const standing = standings.get(found.guild_id ?? "");
  const lacking = standing
    ? missingAmong(withOverwrites(standing, found.permission_overwrites ?? [], botId))
    : "";
  const name = `#${found.name ?? id}`;
  return lacking === ""
    ? ok(`${course}: ${name} is open to Cloze`)
    : warning(`${course}: in ${name} Cloze lacks ${lacking}. Edit Channel, Permissions, Cloze.`);
}

/** As Discord computes permissions: everybody's overwrite, then the roles' together, then the member's own. */
function withOverwrites(
  { guild, member, permissions }: Standing,
  overwrites: readonly APIOverwrite[],
  botId: string,
): bigint {
  if (permissions & PermissionFlagsBits.Administrator) return permissions;
  const stages = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id }) => member.roles.includes(id)),
    overwrites.filter(({ id }) => id === botId),
  ];
  return stages.reduce((sum, stage) => {
    const bits = (kind: "allow" | "deny") => stage.reduce((all, each) => all | BigInt(each[kind]), 0n);
    return (sum & ~bits("deny")) | bits("allow");
  }, permissions);
}

const ok = (message: string): DiscordFinding => ({ level: "ok", message });
const warning = (message: string): DiscordFinding => ({ level: "warning", message });
