import { z } from "zod";
import type { ChannelRef } from "../../bot/invocation.ts";
import type { Store } from "../../bot/store/store.ts";

/** Group conversations opened as rooms, each with the channel it belongs to. */
export interface Rooms {
  remember(room: string, parent: ChannelRef): Promise<void>;
  parentOf(room: string): Promise<ChannelRef | undefined>;
}

export function createRooms(store: Store): Rooms {
  const rooms = store.namespace("slack-room", z.strictObject({ parent: z.string() }));
  return {
    remember: (room, parent) => rooms.set(room, { parent: parent.id }),
    async parentOf(room) {
      // Only private conversations can be rooms, and only those that are not direct messages.
      if (!/^[GC]/.test(room)) return undefined;
      const record = await rooms.get(room);
      return record && { platform: "slack", id: record.parent };
    },
  };
}
