import {
  type APIApplicationCommand,
  type REST,
  type RESTPostAPIApplicationCommandsJSONBody,
  Routes,
} from "discord.js";

export type CommandBody = RESTPostAPIApplicationCommandsJSONBody;

/** Where commands are registered: everywhere, or in one server at once visible. */
export type CommandScope = { readonly kind: "global" } | { readonly kind: "guild"; readonly guildId: string };

/** What a registration did, by name. */
export interface RegistrationResult {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** More differences than this are sent at once: the bucket for single changes is small. */
const MOST_SINGLE_CHANGES = 3;

/**
 * Brings the commands of a scope in line with `wanted`. Reads what is registered first and writes only what
 * differs; unchanged commands keep their ids and version.
 */
export async function registerCommands(
  rest: REST,
  applicationId: string,
  scope: CommandScope,
  wanted: readonly CommandBody[],
): Promise<RegistrationResult> {
  const path =
    scope.kind === "global"
      ? Routes.applicationCommands(applicationId)
      : Routes.applicationGuildCommands(applicationId, scope.guildId);
  const bodies = wanted.map((body) => (scope.kind === "global" ? body : withoutContexts(body)));
  const present = (await rest.get(path)) as APIApplicationCommand[];
  const byKey = new Map(present.map((command) => [keyOf(command), command]));
  const created = bodies.filter((body) => !byKey.has(keyOf(body)));
  const same = (body: CommandBody): boolean => comparable(body) === comparable(byKey.get(keyOf(body)));
  const changed = bodies.filter((body) => byKey.has(keyOf(body)) && !same(body));
  const keys = new Set(bodies.map(keyOf));
  const removed = present.filter((command) => !keys.has(keyOf(command)));
  const differences = created.length + changed.length + removed.length;
  if (differences > MOST_SINGLE_CHANGES) await rest.put(path, { body: bodies });
  else if (differences > 0) {
    for (const body of created) await rest.post(path, { body });
    for (const body of changed) await rest.patch(`${path}/${byKey.get(keyOf(body))!.id}`, { body });
    for (const { id } of removed) await rest.delete(`${path}/${id}`);
  }
  const nameOf = ({ name }: { name: string }): string => name;
  return {
    created: created.map(nameOf),
    changed: changed.map(nameOf),
    removed: removed.map(nameOf),
    unchanged: bodies.filter((body) => byKey.has(keyOf(body)) && same(body)).map(nameOf),
  };
}

/** Discord takes contexts for global commands only. */
function withoutContexts(body: CommandBody): CommandBody {
  const { contexts: _, ...rest } = body;
  return rest;
}

const keyOf = ({ type = 1, name }: { type?: number; name: string }): string => `${type} ${name}`;

/**
 * The fields that Cloze sets, in one order and without defaults: Discord gives commands back with fields added
 * and with defaults left out or filled in, so that comparing as it stands would see changes everywhere.
 */
function comparable(command: unknown): string {
  return JSON.stringify(pick(command as Fields));
}

type Fields = Record<string, unknown>;

const COMPARED = [
  "name",
  "description",
  "type",
  "required",
  "min_value",
  "max_value",
  "min_length",
  "max_length",
  "autocomplete",
  "channel_types",
  "contexts",
  "value",
] as const;

function pick(node: Fields): Fields {
  const picked: Fields = {};
  for (const field of COMPARED) {
    const value = node[field];
    if (value === undefined || value === null || value === false || value === "") continue;
    picked[field] = Array.isArray(value) ? [...value].sort() : value;
  }
  for (const list of ["options", "choices"])
    if (Array.isArray(node[list]) && node[list].length > 0) picked[list] = node[list].map(pick);
  return picked;
}
