import { memberPayload } from "./payloads.ts";
import { userName, type World } from "./world.ts";

type Json = Record<string, unknown>;

/**
 * The answer to op 8. Without the GUILD_MEMBERS intent the whole list is not given, only named users.
 * Source: Gateway Events, "Request Guild Members".
 */
export function membersChunk(world: World, intents: number, request: Json): Json {
  const guild = world.guilds.get(String(request.guild_id));
  const named = request.user_ids === undefined ? undefined : [request.user_ids].flat().map(String);
  const query = String(request.query ?? "");
  const limit = Number(request.limit ?? 0);
  const mayList = (intents & (1 << 1)) !== 0;
  const all = [...(guild?.members.keys() ?? [])];
  const chosen = named
    ? all.filter((id) => named.includes(id))
    : all.filter((id) => (query !== "" || mayList) && userName(world, id).startsWith(query));
  return {
    guild_id: request.guild_id,
    members: guild ? chosen.slice(0, limit || undefined).map((id) => memberPayload(world, guild, id)) : [],
    chunk_index: 0,
    chunk_count: 1,
    not_found: named?.filter((id) => !all.includes(id)) ?? [],
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
  };
}
