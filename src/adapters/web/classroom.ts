import type { Logger } from "pino";
import type { Card, Text } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Store } from "../../bot/store/store.ts";
import { type Channels, openChannels } from "./channels.ts";
import { createMailbox, type Mailbox, type Sendable, sendable } from "./feed.ts";
import { type Files, openFiles } from "./files.ts";
import { type KeptMessage, openHistory } from "./history.ts";
import { EDIT_INTERVAL_MS, FIRST_MESSAGES, MESSAGES_PER_CHANNEL, ROOMS, SAVE_INTERVAL_MS } from "./limits.ts";
import { openSequence } from "./sequence.ts";
import type { WireChannel, WireEvent, WireMessage } from "./wire.ts";

/** What a new message is made of. */
export type Draft = Pick<
  KeptMessage,
  "channel" | "author" | "text" | "asked" | "to" | "under" | "key" | "state"
> & { readonly card?: Card };

/** What can change about a message. */
export interface Edit {
  readonly card?: Card;
  readonly state?: KeptMessage["state"];
}

/** Messages, who sees them, and everybody who is looking on. */
export interface Classroom {
  readonly channels: Channels;
  readonly files: Files;
  message(id: string): KeptMessage | undefined;
  byKey(key: string): KeptMessage | undefined;
  /** What this person sees of a channel, oldest first: the last `count` before message `before`. */
  page(channel: string, account: string, count: number, before?: string): readonly WireMessage[];
  maySee(message: KeptMessage, account: string): boolean;
  /** A message as this person sees it; undefined when they don't, or it is gone. */
  seen(id: string, account: string): WireMessage | undefined;
  /** Posts; seen at once. The promise resolves when it is on disk. */
  add(draft: Draft): { readonly message: KeptMessage; readonly saved: Promise<void> };
  /**
   * Changes a message. States that follow one another faster than EDIT_INTERVAL_MS are left out, the last one
   * is always shown; with `final` it is shown and saved at once.
   */
  edit(id: string, edit: Edit, final: boolean): Promise<void>;
  /** @param parent The channel it stands beside. */
  openRoom(name: string, members: readonly string[], parent: string): Promise<WireChannel>;
  /**
   * Everything the person may see that changed after event `after` (0: the newest messages of each channel),
   * then "caught-up", then what happens. Ends when the mailbox is closed.
   */
  follow(account: string, after: number): Mailbox;
  unfollow(mailbox: Mailbox): void;
  /** How many people have the page open. */
  here(): number;
  announce(event: WireEvent): void;
  /** Ends every stream and writes what is unwritten. */
  close(): Promise<void>;
}

/** One message that is being rewritten: what waits to be shown, and when the next state may be. */
interface Pace {
  waiting?: Edit | undefined;
  cancel?: (() => void) | undefined;
  savedAt: number;
  unsaved: boolean;
}

export async function openClassroom(
  { store, clock, log }: { store: Store; clock: Clock; log: Logger },
  channelNames: readonly string[],
): Promise<Classroom> {
  const files = openFiles(store);
  const history = await openHistory(store, MESSAGES_PER_CHANNEL, (id) => files.drop(id));
  const channels = await openChannels(store, channelNames, ROOMS);
  const nextSeq = await openSequence(store);
  const readers = new Map<Mailbox, string>();
  const paces = new Map<string, Pace>();

  const maySee = ({ channel, to }: KeptMessage, account: string) =>
    (to === undefined || to === account) && channels.open(channel, account) !== undefined;

  function show(message: KeptMessage): void {
    history.put(message);
    const item = sendable(
      `message/${message.id}`,
      { type: "message", message: forReader(message) },
      message.seq,
    );
    for (const [mailbox, account] of readers) if (maySee(message, account)) mailbox.put(item);
  }

  async function save(id: string): Promise<void> {
    await files.save(id);
    await history.save(id);
  }

  function apply(id: string, edit: Edit): void {
    const message = history.get(id);
    if (!message) return;
    const gone = edit.state === "gone";
    const { card: old, text, asked, ...rest } = message;
    const card = edit.card ? files.place(id, edit.card) : old;
    const content = gone
      ? {}
      : { ...(card && { card }), ...(text !== undefined && { text }), ...(asked && { asked }) };
    show({ ...rest, ...content, state: edit.state ?? message.state, seq: nextSeq() });
  }

  function saveLater(id: string, pace: Pace): void {
    pace.savedAt = clock.now();
    pace.unsaved = false;
    save(id).catch((err) => log.error({ err, message: id }, "a web message could not be saved"));
  }

  function tick(id: string, pace: Pace): void {
    pace.cancel = undefined;
    const { waiting } = pace;
    if (!waiting) {
      paces.delete(id);
      if (pace.unsaved) saveLater(id, pace);
      return;
    }
    pace.waiting = undefined;
    pace.unsaved = true;
    apply(id, waiting);
    if (clock.now() >= pace.savedAt + SAVE_INTERVAL_MS) saveLater(id, pace);
    pace.cancel = clock.after(EDIT_INTERVAL_MS, () => tick(id, pace));
  }

  // A restart leaves replies that nobody writes on any more.
  for (const channel of history.channels()) {
    if (!channels.exists(channel)) continue;
    for (const message of history.of(channel)) {
      if (message.state !== "working") continue;
      const card = interrupted(message.card ?? { blocks: [] });
      history.put({ ...message, card, state: "interrupted", seq: nextSeq() });
    }
  }

  const classroom: Classroom = {
    channels,
    files,
    maySee,
    seen(id, account) {
      const message = history.get(id);
      return message && message.state !== "gone" && maySee(message, account) ? forReader(message) : undefined;
    },
    message: (id) => history.get(id),
    byKey: (key) => history.byKey(key),
    page(channel, account, count, before) {
      const seen = history
        .of(channel)
        .filter(
          (message) =>
            maySee(message, account) &&
            message.state !== "gone" &&
            (before === undefined || message.id < before),
        );
      return seen.slice(-count).map(forReader);
    },
    add({ card, ...draft }) {
      const seq = nextSeq();
      const id = String(seq).padStart(12, "0");
      const placed = card && { card: files.place(id, card) };
      const message: KeptMessage = { ...draft, ...placed, id, seq, postedAt: clock.now() };
      show(message);
      return { message, saved: save(id) };
    },
    async edit(id, edit, final) {
      if (!history.get(id)) return;
      const pace = paces.get(id) ?? { savedAt: clock.now(), unsaved: false };
      if (final) {
        pace.cancel?.();
        paces.delete(id);
        apply(id, { ...pace.waiting, ...edit });
        await save(id);
        return;
      }
      paces.set(id, pace);
      pace.waiting = { ...pace.waiting, ...edit };
      if (!pace.cancel) tick(id, pace);
    },
    async openRoom(name, members, parent) {
      const { room, closed } = await channels.addRoom(name, members, parent, clock.now());
      for (const id of closed) await history.drop(id);
      const item = sendable(`channel/${room.id}`, { type: "channel", channel: room });
      for (const [mailbox, account] of readers) if (members.includes(account)) mailbox.put(item);
      return room;
    },
    follow(account, after) {
      const mailbox = createMailbox();
      for (const channel of channels.of(account)) {
        mailbox.put(sendable(`channel/${channel.id}`, { type: "channel", channel }));
      }
      for (const message of missed(account, after)) {
        mailbox.put(sendable(`message/${message.id}`, { type: "message", message }, message.seq));
      }
      mailbox.put(sendable("caught-up", { type: "caught-up" }));
      readers.set(mailbox, account);
      return mailbox;
    },
    unfollow(mailbox) {
      mailbox.close();
      readers.delete(mailbox);
    },
    here: () => new Set(readers.values()).size,
    announce(event: WireEvent) {
      const item: Sendable = sendable(event.type, event);
      for (const mailbox of readers.keys()) mailbox.put(item);
    },
    async close() {
      for (const mailbox of readers.keys()) mailbox.close();
      readers.clear();
      for (const [id, pace] of paces) {
        pace.cancel?.();
        if (pace.waiting) apply(id, pace.waiting);
        await save(id);
      }
      paces.clear();
      await history.flush();
    },
  };

  function missed(account: string, after: number): WireMessage[] {
    const messages = channels.of(account).flatMap(({ id }) => {
      if (after === 0) return classroom.page(id, account, FIRST_MESSAGES);
      return history
        .of(id)
        .filter((message) => message.seq > after && maySee(message, account))
        .map(forReader);
    });
    return messages.sort((a, b) => a.seq - b.seq);
  }

  return classroom;
}

/** A card with the words that its reply will not be finished. */
export function interrupted<C extends { readonly blocks: readonly unknown[] }>(card: C): C {
  const text: Text = [{ bold: "Interrupted. " }, "Cloze was stopped while this was being written."];
  return { ...card, blocks: [...card.blocks, { type: "text", text }], actions: [] };
}

function forReader({ to, key: _key, ...message }: KeptMessage): WireMessage {
  return to === undefined ? message : { ...message, private: true };
}
