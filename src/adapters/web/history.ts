import { z } from "zod";
import type { Store } from "../../bot/store/store.ts";
import type { WireCard, WireMessage } from "./wire.ts";

/** A message as the server keeps it. */
export interface KeptMessage extends Omit<WireMessage, "private"> {
  /** Account id of the only one who sees it. */
  readonly to?: string;
  /** A handle under which it is found again: a dedupe key, a request, a private answer's place. */
  readonly key?: string;
}

const person = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(["student", "assistant", "teacher"]),
});

// Cards are written by the server itself, from values whose types were checked.
const card = z.custom<WireCard>((value) => typeof value === "object" && value !== null && "blocks" in value);

const keptMessage = z.object({
  id: z.string(),
  channel: z.string(),
  seq: z.number(),
  postedAt: z.number(),
  author: person.optional(),
  text: z.string().optional(),
  card: card.optional(),
  asked: z.object({ by: person, command: z.string().optional() }).optional(),
  to: z.string().optional(),
  under: z.string().optional(),
  key: z.string().optional(),
  state: z.enum(["working", "done", "stopped", "interrupted", "gone"]),
});

/**
 * The messages of every channel, in memory and in the store; bounded, oldest out first. Changes are seen at
 * once and written by `save`.
 */
export interface History {
  get(id: string): KeptMessage | undefined;
  byKey(key: string): KeptMessage | undefined;
  /** In order of posting. */
  of(channel: string): readonly KeptMessage[];
  channels(): readonly string[];
  put(message: KeptMessage): void;
  /** Writes the message as it stands now; resolves when it is on disk. */
  save(id: string): Promise<void>;
  /** Forgets a channel's messages. */
  drop(channel: string): Promise<void>;
  /** Resolves when every write that was begun is done. */
  flush(): Promise<void>;
}

/**
 * @param most Messages kept in one channel.
 * @param onForget Called with the id of each message that leaves, so that its files can go too.
 */
export async function openHistory(
  store: Store,
  most: number,
  onForget: (id: string) => Promise<void>,
): Promise<History> {
  const records = store.namespace<KeptMessage>("web-messages", keptMessage);
  const byId = new Map<string, KeptMessage>();
  const byKey = new Map<string, string>();
  const channels = new Map<string, string[]>();
  const writes = new Map<string, Promise<void>>();
  const stale = new Set<string>();

  const address = ({ channel, id }: KeptMessage) => `${channel}/${id}`;

  function put(message: KeptMessage): void {
    if (!byId.has(message.id)) {
      const ids = channels.get(message.channel) ?? [];
      ids.push(message.id);
      channels.set(message.channel, ids);
    }
    byId.set(message.id, message);
    if (message.key !== undefined) byKey.set(message.key, message.id);
  }

  async function forget(message: KeptMessage): Promise<void> {
    byId.delete(message.id);
    if (message.key !== undefined && byKey.get(message.key) === message.id) byKey.delete(message.key);
    await writes.get(message.id);
    await records.delete(address(message));
    await onForget(message.id);
  }

  // Writes again as long as the message changed meanwhile: one write at a time, the newest state last.
  async function write(id: string): Promise<void> {
    try {
      while (stale.delete(id)) {
        const message = byId.get(id);
        if (message) await records.set(address(message), message);
      }
    } finally {
      writes.delete(id);
    }
  }

  for await (const [, message] of records.list("")) put(message);

  return {
    get: (id) => byId.get(id),
    byKey(key) {
      const id = byKey.get(key);
      return id === undefined ? undefined : byId.get(id);
    },
    of: (channel) => (channels.get(channel) ?? []).map((id) => byId.get(id)!),
    channels: () => [...channels.keys()],
    put,
    async save(id) {
      stale.add(id);
      let running = writes.get(id);
      if (!running) {
        // Begins after the map knows it, since `write` takes itself out again.
        running = Promise.resolve().then(() => write(id));
        writes.set(id, running);
      }
      await running;
      const message = byId.get(id);
      const ids = message && channels.get(message.channel);
      while (ids && ids.length > most) await forget(byId.get(ids.shift()!)!);
    },
    async drop(channel) {
      const ids = channels.get(channel) ?? [];
      channels.delete(channel);
      for (const id of ids) await forget(byId.get(id)!);
    },
    async flush() {
      while (writes.size > 0) await Promise.all(writes.values());
    },
  };
}
