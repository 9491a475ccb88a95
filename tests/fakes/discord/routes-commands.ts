import { refusals } from "./api-error.ts";
import {
  commandsIn,
  deleteCommand,
  editCommand,
  findCommand,
  replaceCommands,
  upsertCommand,
} from "./commands.ts";
import type { Call, Route } from "./route.ts";
import type { World } from "./world.ts";

/** The same seven endpoints for global and for guild commands. Source: Application Commands, "Endpoints". */
const scoped = (base: string): Route[] => {
  const bucket: Route["bucket"] = { name: "command.write", major: (_, p) => p.guild ?? p.application ?? "" };
  return [
    { method: "GET", path: base, handle: (call) => commandsIn(call.world, scope(call)) },
    {
      method: "POST",
      path: base,
      bucket,
      handle: (call) => upsertCommand(call.world, scope(call), call.raw),
    },
    {
      method: "PUT",
      path: base,
      bucket,
      handle: (call) => replaceCommands(call.world, scope(call), call.raw),
    },
    {
      method: "GET",
      path: `${base}/:command`,
      handle: (call) => findCommand(call.world, scope(call), call.params.command!),
    },
    {
      method: "PATCH",
      path: `${base}/:command`,
      bucket,
      handle: (call) => editCommand(call.world, scope(call), call.params.command!, call.json),
    },
    {
      method: "DELETE",
      path: `${base}/:command`,
      bucket,
      handle: (call) => {
        deleteCommand(call.world, scope(call), call.params.command!);
        return undefined;
      },
    },
  ];
};

export const commandRoutes: Route[] = [
  ...scoped("/applications/:application/commands"),
  ...scoped("/applications/:application/guilds/:guild/commands"),
];

/** The guild of the call, or undefined for global commands. @throws 20012 for another application, 50001. */
function scope({ world, params }: Call): string | undefined {
  if (params.application !== world.applicationId) throw refusals.notYourApplication();
  if (params.guild !== undefined) requireMember(world, params.guild);
  return params.guild;
}

function requireMember(world: World, guildId: string): void {
  if (!world.guilds.get(guildId)?.members.has(world.botId)) throw refusals.missingAccess();
}
