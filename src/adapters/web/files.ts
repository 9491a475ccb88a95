import { createHash } from "node:crypto";
import { z } from "zod";
import type { Card } from "../../bot/cards/card.ts";
import type { Store } from "../../bot/store/store.ts";
import type { WireBlock, WireCard } from "./wire.ts";

interface KeptFile {
  readonly mediaType: string;
  readonly base64: string;
}

const keptFile = z.object({ mediaType: z.string(), base64: z.string() });

/** The pictures and files of messages, by message and content. */
export interface Files {
  /**
   * Replaces the bytes in a card by addresses, `/files/<message>/<hash>/<name>`, which answer from now on.
   * `save` must follow.
   */
  place(message: string, card: Card): WireCard;
  /** Resolves when the files placed in a message are on disk, and those that its card lost are deleted. */
  save(message: string): Promise<void>;
  read(message: string, hash: string): Promise<{ mediaType: string; bytes: Uint8Array } | undefined>;
  drop(message: string): Promise<void>;
}

export function openFiles(store: Store): Files {
  const records = store.namespace<KeptFile>("web-files", keptFile);
  /** What a message's newest card holds and the disk does not yet. */
  const unsaved = new Map<string, Map<string, KeptFile>>();
  const placed = new Map<string, Set<string>>();

  function keep(message: string, mediaType: string, bytes: Uint8Array): string {
    const hash = createHash("sha256").update(mediaType).update(bytes).digest("base64url").slice(0, 22);
    const own = unsaved.get(message) ?? new Map<string, KeptFile>();
    unsaved.set(message, own);
    own.set(hash, { mediaType, base64: Buffer.from(bytes).toString("base64") });
    placed.get(message)?.add(hash);
    return hash;
  }

  return {
    place(message, card) {
      if (card.blocks.some(({ type }) => type === "picture" || type === "file") || placed.has(message)) {
        placed.set(message, new Set());
      }
      const blocks = card.blocks.map((block): WireBlock => {
        if (block.type === "picture") {
          const { fileName, alt } = block;
          const src = address(message, keep(message, "image/png", block.png), fileName);
          return { type: "picture", src, fileName, alt };
        }
        if (block.type === "file") {
          const { fileName, mediaType, alt } = block;
          const href = address(message, keep(message, mediaType, block.bytes), fileName);
          const sizeBytes = block.bytes.byteLength;
          return {
            type: "file",
            href,
            fileName,
            mediaType,
            sizeBytes,
            ...(alt === undefined ? {} : { alt }),
          };
        }
        return block;
      });
      return { ...card, blocks };
    },
    async save(message) {
      const waiting = unsaved.get(message);
      for (const [hash, file] of waiting ?? []) {
        await records.set(`${message}/${hash}`, file);
        if (waiting?.get(hash) === file) waiting.delete(hash);
      }
      if (waiting?.size === 0) unsaved.delete(message);
      const wanted = placed.get(message);
      if (!wanted) return;
      for await (const [key] of records.list(`${message}/`)) {
        if (!wanted.has(key.slice(message.length + 1))) await records.delete(key);
      }
    },
    async read(message, hash) {
      const file = unsaved.get(message)?.get(hash) ?? (await records.get(`${message}/${hash}`));
      return file && { mediaType: file.mediaType, bytes: Buffer.from(file.base64, "base64") };
    },
    async drop(message) {
      unsaved.delete(message);
      placed.delete(message);
      for await (const [key] of records.list(`${message}/`)) await records.delete(key);
    },
  };
}

function address(message: string, hash: string, fileName: string): string {
  return `/files/${message}/${hash}/${encodeURIComponent(fileName)}`;
}
