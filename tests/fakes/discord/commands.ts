import type { APIApplicationCommand, APIApplicationCommandOption } from "discord-api-types/v10";
import { refusals } from "./api-error.ts";
import { checkCommand } from "./command-form.ts";
import { Form } from "./form.ts";
import { limits } from "./limits.ts";
import type { World } from "./world.ts";

type Json = Record<string, unknown>;

/** Creations of each scope in the running day, counted against the 200 a day. */
const creates = new WeakMap<World, Map<string, number>>();

/** The commands of one scope: a guild's, or (undefined) the global ones. */
export const commandsIn = (world: World, guildId: string | undefined): APIApplicationCommand[] =>
  [...world.commands.values()].filter((c) => c.guildId === guildId).map((c) => c.command);

export function findCommand(world: World, guildId: string | undefined, id: string): APIApplicationCommand {
  const found = world.commands.get(id);
  if (!found || found.guildId !== guildId) throw refusals.unknownCommand();
  return found.command;
}

/** Creates a command, or overwrites the one of the same type and name. */
export function upsertCommand(
  world: World,
  guildId: string | undefined,
  body: unknown,
): APIApplicationCommand {
  const form = new Form();
  checkCommand(form, [], body, guildId !== undefined);
  form.done();
  const same = sameName(world, guildId, body as Json);
  return store(world, guildId, body as Json, same);
}

/** Changes the named fields of a command. */
export function editCommand(
  world: World,
  guildId: string | undefined,
  id: string,
  changes: Json,
): APIApplicationCommand {
  const present = findCommand(world, guildId, id);
  const merged: Json = { ...(present as unknown as Json), ...changes };
  if (guildId !== undefined) delete merged.contexts;
  const form = new Form();
  checkCommand(form, [], merged, guildId !== undefined);
  form.done();
  return store(world, guildId, merged, present);
}

/** Replaces all commands of a scope; those with an unchanged type and name keep their id. */
export function replaceCommands(
  world: World,
  guildId: string | undefined,
  body: unknown,
): APIApplicationCommand[] {
  const form = new Form();
  if (form.list([], body, {})) {
    const names = new Set<string>();
    body.forEach((command, i) => {
      checkCommand(form, [i], command, guildId !== undefined);
      const { type = 1, name } = (command ?? {}) as Json;
      if (names.has(`${type} ${name}`))
        form.fail([i], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
      names.add(`${type} ${name}`);
    });
  }
  form.done();
  const wanted = body as Json[];
  const kept = new Map(wanted.map((command) => [command, sameName(world, guildId, command)]));
  const keptIds = new Set([...kept.values()].map((c) => c?.id));
  for (const old of commandsIn(world, guildId)) if (!keptIds.has(old.id)) world.commands.delete(old.id);
  return wanted.map((command) => store(world, guildId, command, kept.get(command)));
}

export function deleteCommand(world: World, guildId: string | undefined, id: string): void {
  const { name } = findCommand(world, guildId, id);
  world.commands.delete(id);
  world.happenings.record(`command "${name}" deleted`);
}

const sameName = (world: World, guildId: string | undefined, body: Json): APIApplicationCommand | undefined =>
  commandsIn(world, guildId).find((c) => c.type === (body.type ?? 1) && c.name === body.name);

function store(
  world: World,
  guildId: string | undefined,
  body: Json,
  present: APIApplicationCommand | undefined,
): APIApplicationCommand {
  if (!present) {
    const type = (body.type as number) ?? 1;
    const most = type === 1 ? limits.command.chatInput : limits.command.contextMenu;
    if (commandsIn(world, guildId).filter((c) => c.type === type).length >= most)
      throw refusals.tooManyCommands();
    countCreate(world, guildId);
  }
  const id = present?.id ?? world.newId();
  const command = normal(world, guildId, id, body);
  if (present && JSON.stringify({ ...command, version: present.version }) === JSON.stringify(present))
    return present;
  world.commands.set(id, { command, guildId });
  world.happenings.record(`command "${command.name}" ${present ? "changed" : "created"}`);
  return command;
}

function countCreate(world: World, guildId: string | undefined): void {
  const perScope = creates.get(world) ?? new Map<string, number>();
  creates.set(world, perScope);
  const key = `${guildId ?? "global"} ${Math.floor(world.clock.now() / 86_400_000)}`;
  const count = perScope.get(key) ?? 0;
  if (count >= limits.command.createsPerDay) throw refusals.tooManyCommandCreates();
  perScope.set(key, count + 1);
}

/**
 * A command as the platform gives it back: with the fields it adds, without those that were left at their
 * default, so that comparing JSON text with what was sent finds differences that aren't there.
 */
function normal(world: World, guildId: string | undefined, id: string, body: Json): APIApplicationCommand {
  const global = guildId === undefined;
  return {
    id,
    application_id: world.applicationId,
    version: world.newId(),
    default_member_permissions: body.default_member_permissions ?? null,
    type: body.type ?? 1,
    name: body.name,
    name_localizations: body.name_localizations ?? null,
    description: body.description ?? "",
    description_localizations: body.description_localizations ?? null,
    dm_permission: true,
    contexts: global ? (body.contexts ?? null) : null,
    integration_types: global ? (body.integration_types ?? [0]) : [0],
    ...(guildId === undefined ? {} : { guild_id: guildId }),
    ...(Array.isArray(body.options) && body.options.length > 0
      ? { options: body.options.map(normalOption) }
      : {}),
    nsfw: body.nsfw ?? false,
  } as unknown as APIApplicationCommand;
}

function normalOption(option: Json): APIApplicationCommandOption {
  const { type, name, description } = option;
  const out: Json = { type, name, description };
  for (const field of ["min_value", "max_value", "min_length", "max_length", "channel_types"])
    if (option[field] !== undefined && option[field] !== null) out[field] = option[field];
  for (const field of ["required", "autocomplete"]) if (option[field] === true) out[field] = true;
  if (Array.isArray(option.choices) && option.choices.length > 0)
    out.choices = option.choices.map((c: Json) => ({ name: c.name, value: c.value }));
  if (Array.isArray(option.options) && option.options.length > 0)
    out.options = option.options.map(normalOption);
  return out as unknown as APIApplicationCommandOption;
}
