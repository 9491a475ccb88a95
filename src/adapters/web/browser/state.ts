import { computed, type Signal, signal } from "@preact/signals";
import type { Modal } from "../../../bot/cards/card.ts";
import type { WireChannel, WireEvent, WireMessage, WireRoom } from "../wire.ts";

/** Who is here: nobody knows yet, somebody who has to join, or a member with their room. */
export const room = signal<WireRoom | "asking" | "outside">("asking");
export const connection = signal<"connecting" | "live" | "lost">("connecting");
export const channels = signal<readonly WireChannel[]>([]);
export const peopleHere = signal(0);
/** The server has newer code than this page. */
export const outdated = signal(false);
/** The channel on screen; the address names it. */
export const currentId = signal("");
export const current = computed(
  () => channels.value.find(({ id }) => id === currentId.value) ?? channels.value[0],
);
export const unread = signal<ReadonlyMap<string, number>>(new Map());
/** What screen readers are told next. */
export const announcement = signal("");
/** The form that is open, and what it answers. */
export interface OpenModal {
  readonly modal: Modal;
  readonly channel: string;
  readonly message?: string;
  /** What was typed before a reload, by field. */
  readonly typed?: Readonly<Record<string, string>>;
}
export const openModal = signal<OpenModal | undefined>(undefined);
/** Counted up each time the teacher chooses something else for the room's screen. */
export const screenChanges = signal(0);
/** Number of the last event; the stream resumes after it. */
let lastSeq = 0;
/** The first load is no news; what was missed while disconnected is. */
let loaded = false;
export const resumeAfter = () => lastSeq;

const messages = new Map<string, Signal<WireMessage>>();
const lists = new Map<string, Signal<readonly string[]>>();

const listOf = (key: string): Signal<readonly string[]> => {
  let list = lists.get(key);
  if (!list) {
    list = signal([]);
    lists.set(key, list);
  }
  return list;
};

/** Ids of a channel's messages, oldest first; answers that stand below a message are not among them. */
export const messagesOf = (channel: string) => listOf(`in/${channel}`);
export const answersTo = (message: string) => listOf(`under/${message}`);
export const messageSignal = (id: string) => messages.get(id)!;
/** Undefined while it has not arrived, or when it stands further up than was loaded. */
export const knownMessage = (id: string): Signal<WireMessage> | undefined => messages.get(id);

export function take(event: WireEvent): void {
  if (event.type === "message") takeMessage(event.message);
  else if (event.type === "channel") takeChannel(event.channel);
  else if (event.type === "people") peopleHere.value = event.here;
  else if (event.type === "screen") screenChanges.value += 1;
  else loaded = true;
}

/** @param old From scrolling up: nothing about it is new. */
export function takeMessage(message: WireMessage, old = false): void {
  lastSeq = Math.max(lastSeq, old ? 0 : message.seq);
  const known = messages.get(message.id);
  if (known && known.peek().seq > message.seq) return;
  const before = known?.peek();
  if (known) known.value = message;
  else messages.set(message.id, signal(message));
  place(message);
  if (!old) notice(message, before);
}

function place(message: WireMessage): void {
  const parent = message.under !== undefined && messages.has(message.under) ? message.under : undefined;
  const list = parent === undefined ? messagesOf(message.channel) : answersTo(parent);
  if (message.state === "gone") {
    list.value = list.peek().filter((id) => id !== message.id);
    messages.delete(message.id);
  } else if (!list.peek().includes(message.id)) {
    const ids = [...list.peek(), message.id];
    list.value = ids.at(-2) !== undefined && ids.at(-2)! > message.id ? ids.sort() : ids;
  }
}

function takeChannel(channel: WireChannel): void {
  const others = channels.peek().filter(({ id }) => id !== channel.id);
  channels.value = [...others, channel].sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}

const ORDER = { channel: 0, direct: 1, room: 2 } as const;

/** Counts what was not seen, and tells screen readers of messages once they are whole. */
function notice(message: WireMessage, before: WireMessage | undefined): void {
  const me = myId();
  const mine = message.author?.id === me;
  const finished = message.state !== "working" && message.state !== "gone";
  const wasFinished = before !== undefined && before.state !== "working";
  if (!loaded || mine) return;
  if (!before && message.channel !== current.peek()?.id) {
    const counts = new Map(unread.peek());
    counts.set(message.channel, (counts.get(message.channel) ?? 0) + 1);
    unread.value = counts;
  }
  if (finished && !wasFinished && connection.peek() === "live" && message.channel === current.peek()?.id) {
    announcement.value = `${message.author?.name ?? "Cloze"}: ${wordsOf(message)}`.slice(0, 400);
  }
}

function wordsOf({ text, card }: WireMessage): string {
  if (text !== undefined) return text;
  const words = (card?.blocks ?? []).flatMap((block) =>
    block.type === "text" || block.type === "quote" ? [plain(block.text)] : [],
  );
  return [card?.title ?? "", ...words].filter(Boolean).join(". ");
}

function plain(text: unknown): string {
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.map(plain).join("");
  if (typeof text === "object" && text !== null) {
    return Object.values("label" in text ? { label: text.label } : text)
      .map(plain)
      .join("");
  }
  return "";
}

export function myId(): string | undefined {
  const value = room.peek();
  return typeof value === "object" ? value.me.id : undefined;
}

export function markRead(channel: string): void {
  if (!unread.peek().has(channel)) return;
  const counts = new Map(unread.peek());
  counts.delete(channel);
  unread.value = counts;
}

/** Forgets everything that belongs to a session. */
export function forgetAll(): void {
  messages.clear();
  lists.clear();
  channels.value = [];
  unread.value = new Map();
  lastSeq = 0;
  loaded = false;
}
