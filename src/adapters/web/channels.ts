import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Store } from "../../bot/store/store.ts";
import type { WireChannel } from "./wire.ts";

interface KeptRoom {
  readonly name: string;
  /** Account ids. */
  readonly members: readonly string[];
  readonly openedAt: number;
  /** The open channel it was opened beside: what holds for that holds for the room. */
  readonly parent: string;
}

const keptRoom = z.object({
  name: z.string(),
  members: z.array(z.string()),
  openedAt: z.number(),
  parent: z.string(),
});

const DIRECT = "direct-";
const ROOM = "room-";

/** Who may see what: the classroom's open channels, each person's direct messages, rooms for a few. */
export interface Channels {
  /** What a person sees, in the order of the sidebar. */
  of(account: string): readonly WireChannel[];
  /** Undefined when there is no such channel or this person may not enter it. */
  open(id: string, account: string): WireChannel | undefined;
  exists(id: string): boolean;
  direct(account: string): string;
  /** The channel a room was opened beside. */
  parentOf(id: string): string | undefined;
  /** @returns The new room, written; and the ids of rooms that had to go to make place. */
  addRoom(
    name: string,
    members: readonly string[],
    parent: string,
    now: number,
  ): Promise<{ room: WireChannel; closed: string[] }>;
}

/**
 * @param names The open channels, lower case, at least one.
 * @param mostRooms The oldest rooms go when there are more.
 */
export async function openChannels(
  store: Store,
  names: readonly string[],
  mostRooms: number,
): Promise<Channels> {
  const records = store.namespace<KeptRoom>("web-rooms", keptRoom);
  const rooms = new Map<string, KeptRoom>();
  const kept: [string, KeptRoom][] = [];
  for await (const [id, room] of records.list("")) kept.push([id, room]);
  for (const [id, room] of kept.sort(([, a], [, b]) => a.openedAt - b.openedAt)) rooms.set(id, room);

  const publicChannel = (id: string): WireChannel => ({ id, name: id, kind: "channel" });
  const roomChannel = (id: string, { name }: KeptRoom): WireChannel => ({ id, name, kind: "room" });

  return {
    of: (account) => [
      ...names.map(publicChannel),
      { id: DIRECT + account, name: "Cloze", kind: "direct" },
      ...[...rooms]
        .filter(([, room]) => room.members.includes(account))
        .map(([id, room]) => roomChannel(id, room)),
    ],
    open(id, account) {
      if (names.includes(id)) return publicChannel(id);
      if (id === DIRECT + account) return { id, name: "Cloze", kind: "direct" };
      const room = rooms.get(id);
      return room?.members.includes(account) ? roomChannel(id, room) : undefined;
    },
    exists: (id) => names.includes(id) || id.startsWith(DIRECT) || rooms.has(id),
    direct: (account) => DIRECT + account,
    parentOf: (id) => rooms.get(id)?.parent,
    async addRoom(name, members, parent, now) {
      const id = ROOM + randomBytes(9).toString("base64url");
      const room: KeptRoom = { name, members, openedAt: now, parent };
      rooms.set(id, room);
      await records.set(id, room);
      const closed: string[] = [];
      for (const oldest of rooms.keys()) {
        if (rooms.size <= mostRooms) break;
        rooms.delete(oldest);
        await records.delete(oldest);
        closed.push(oldest);
      }
      return { room: roomChannel(id, room), closed };
    },
  };
}
