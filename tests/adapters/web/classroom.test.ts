import pino from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Classroom, openClassroom } from "../../../src/adapters/web/classroom.ts";
import type { Mailbox } from "../../../src/adapters/web/feed.ts";
import { EDIT_INTERVAL_MS, MESSAGES_PER_CHANNEL, ROOMS } from "../../../src/adapters/web/limits.ts";
import type { WireMessage } from "../../../src/adapters/web/wire.ts";
import { textCard } from "../../../src/bot/cards/card.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import { type HandClock, handClock } from "../../fakes/hand-clock.ts";

let store: Store;
let clock: HandClock;
let room: Classroom;
const open = () => openClassroom({ store, clock, log: pino({ level: "silent" }) }, ["general", "lab"]);

beforeEach(async () => {
  store = openMemoryStore();
  clock = handClock();
  room = await open();
});
afterEach(async () => {
  await room.close();
  await store.close();
});

/** Everything a reader would be sent now, up to "caught-up" or the next silence. */
async function drain(mailbox: Mailbox, count: number) {
  const events = [];
  for (let i = 0; i < count; i++) events.push((await mailbox.take())!.event);
  return events;
}
const messagesIn = (events: Awaited<ReturnType<typeof drain>>): WireMessage[] =>
  events.flatMap((event) => (event.type === "message" ? [event.message] : []));
const caughtUp = async (mailbox: Mailbox) => {
  const events = [];
  for (;;) {
    const { event } = (await mailbox.take())!;
    events.push(event);
    if (event.type === "caught-up") return events;
  }
};
const say = (text: string, rest = {}) => room.add({ channel: "general", text, state: "done", ...rest });
const words = (message: { card?: { blocks: readonly unknown[] } | undefined }) =>
  JSON.stringify(message.card?.blocks);

describe("following", () => {
  test("a new reader gets channels, the newest messages of each, and then what happens", async () => {
    say("before");
    const mailbox = room.follow("anna", 0);
    const events = await caughtUp(mailbox);
    expect(events.flatMap((event) => (event.type === "channel" ? [event.channel.name] : []))).toEqual([
      "general",
      "lab",
      "Cloze",
    ]);
    expect(messagesIn(events).map(({ text }) => text)).toEqual(["before"]);
    say("after");
    expect(messagesIn(await drain(mailbox, 1))[0]!.text).toBe("after");
  });

  test("a reader that comes back gets what it missed: new messages, and the last state of changed ones", async () => {
    const { message: first } = say("one");
    const { message: second } = say("two");
    await room.edit(first.id, { card: textCard("one, changed") }, true);
    say("three");
    const missed = messagesIn(await caughtUp(room.follow("anna", second.seq)));
    expect(missed.map(({ text, id }) => text ?? id)).toEqual(["one", "three"]);
    expect(words(missed[0]!)).toContain("one, changed");
  });

  test("a message taken back is told as gone to who comes back, without its words", async () => {
    const { message } = say("secret");
    await room.edit(message.id, { state: "gone" }, true);
    const [gone] = messagesIn(await caughtUp(room.follow("anna", message.seq)));
    expect(gone).toMatchObject({ id: message.id, state: "gone" });
    expect(gone).not.toHaveProperty("text");
    expect(messagesIn(await caughtUp(room.follow("ben", 0)))).toEqual([]);
  });

  test("private messages, direct messages and rooms reach only whom they are for", async () => {
    const anna = room.follow("anna", 0);
    const ben = room.follow("ben", 0);
    await caughtUp(anna);
    await caughtUp(ben);
    const pair = await room.openRoom("Pair 1", ["anna", "cara"], "general");
    say("for anna", { to: "anna" });
    say("dm", { channel: room.channels.direct("anna") });
    say("in the room", { channel: pair.id });
    say("for all");
    expect(messagesIn(await drain(ben, 1)).map(({ text }) => text)).toEqual(["for all"]);
    const seen = await drain(anna, 5);
    expect(messagesIn(seen).map(({ text }) => text)).toEqual(["for anna", "dm", "in the room", "for all"]);
    expect(messagesIn(seen)[0]).toMatchObject({ private: true });
    expect(messagesIn(seen)[0]).not.toHaveProperty("to");
    const later = messagesIn(await caughtUp(room.follow("ben", 1)));
    expect(later.map(({ text }) => text)).toEqual(["for all"]);
    expect(room.page(pair.id, "ben", 10)).toEqual([]);
    expect(room.channels.open(pair.id, "ben")).toBeUndefined();
    expect(room.channels.open(room.channels.direct("anna"), "ben")).toBeUndefined();
  });
});

describe("changing a message", () => {
  test("fast changes are shown at most once an interval, and the last one always", async () => {
    const { message } = room.add({ channel: "general", state: "working" });
    const mailbox = room.follow("anna", 0);
    await caughtUp(mailbox);
    for (let i = 1; i <= 50; i++) void room.edit(message.id, { card: textCard(`state ${i}`) }, false);
    expect(words(messagesIn(await drain(mailbox, 1))[0]!)).toContain("state 1");
    await clock.advance(EDIT_INTERVAL_MS);
    expect(words(messagesIn(await drain(mailbox, 1))[0]!)).toContain("state 50");
  });

  test("the final state does not wait, and nothing older comes after it", async () => {
    const { message } = room.add({ channel: "general", state: "working" });
    void room.edit(message.id, { card: textCard("one") }, false);
    void room.edit(message.id, { card: textCard("two") }, false);
    await room.edit(message.id, { card: textCard("three"), state: "done" }, true);
    await clock.advance(10 * EDIT_INTERVAL_MS);
    expect(room.message(message.id)).toMatchObject({ state: "done" });
    expect(words(room.message(message.id)!)).toContain("three");
    expect(clock.pending()).toBe(0);
  });

  test("a change that nobody called final is on disk once the changes stop", async () => {
    const { message, saved } = room.add({ channel: "general", card: textCard("0 votes"), state: "done" });
    await saved;
    void room.edit(message.id, { card: textCard("1 vote") }, false);
    await clock.advance(3 * EDIT_INTERVAL_MS);
    await room.close();
    room = await open();
    expect(words(room.message(message.id)!)).toContain("1 vote");
  });
});

describe("restarting", () => {
  test("keeps messages in order, numbers rising, rooms with their members, and handles", async () => {
    await say("one", { key: "request/anna/1" }).saved;
    const pair = await room.openRoom("Pair 1", ["anna", "ben"], "general");
    const { message: last, saved } = say("two");
    await saved;
    await room.close();
    room = await open();
    expect(room.page("general", "anna", 10).map(({ text }) => text)).toEqual(["one", "two"]);
    expect(room.channels.of("ben").map(({ name }) => name)).toContain("Pair 1");
    expect(room.channels.parentOf(pair.id)).toBe("general");
    expect(room.byKey("request/anna/1")?.text).toBe("one");
    const next = say("three").message;
    expect(next.seq).toBeGreaterThan(last.seq);
    expect(next.id > last.id).toBe(true);
  });

  test("marks what was being written as interrupted, keeping what there was, for readers that come back", async () => {
    const { message, saved } = room.add({
      channel: "general",
      card: textCard("as far as"),
      state: "working",
    });
    await saved;
    const before = message.seq;
    await room.close();
    room = await open();
    const [missed] = messagesIn(await caughtUp(room.follow("anna", before)));
    expect(missed).toMatchObject({ id: message.id, state: "interrupted" });
    expect(words(missed!)).toMatch(/as far as.*Interrupted/);
  });

  test("numbers rise even after a crash that lost the last messages", async () => {
    let last = 0;
    for (let i = 0; i < 30; i++) last = say(`m${i}`).message.seq;
    // The store as it is now, without a close: what a killed process leaves.
    const again = await open();
    expect(again.add({ channel: "general", text: "next", state: "done" }).message.seq).toBeGreaterThan(last);
    await again.close();
  });
});

describe("bounds", () => {
  test("a channel keeps its newest messages, and the files of the others go with them", async () => {
    const picture = { type: "picture" as const, png: new Uint8Array([1, 2, 3]), fileName: "a.png", alt: "a" };
    const { message, saved } = room.add({ channel: "general", card: { blocks: [picture] }, state: "done" });
    await saved;
    const [block] = room.message(message.id)!.card!.blocks;
    const hash = block!.type === "picture" ? block!.src.split("/")[3]! : "";
    expect((await room.files.read(message.id, hash))?.bytes).toEqual(Buffer.from([1, 2, 3]));
    for (let i = 0; i < MESSAGES_PER_CHANNEL; i++) await say(`m${i}`).saved;
    expect(room.page("general", "anna", 10_000)).toHaveLength(MESSAGES_PER_CHANNEL);
    expect(room.message(message.id)).toBeUndefined();
    expect(await room.files.read(message.id, hash)).toBeUndefined();
    await room.close();
    room = await open();
    expect(room.page("general", "anna", 10_000)).toHaveLength(MESSAGES_PER_CHANNEL);
  });

  test("the oldest room goes when there are too many, with its messages", async () => {
    const first = await room.openRoom("first", ["anna"], "general");
    await say("in the first", { channel: first.id }).saved;
    for (let i = 0; i < ROOMS; i++) {
      await clock.advance(1);
      await room.openRoom(`room ${i}`, ["ben"], "general");
    }
    expect(room.channels.open(first.id, "anna")).toBeUndefined();
    expect(room.page(first.id, "anna", 10)).toEqual([]);
    expect(room.channels.of("ben").filter(({ kind }) => kind === "room")).toHaveLength(ROOMS);
  });

  test("a picture that a message no longer shows is deleted", async () => {
    const card = (byte: number) => ({
      blocks: [{ type: "picture" as const, png: new Uint8Array([byte]), fileName: "a.png", alt: "a" }],
    });
    const { message, saved } = room.add({ channel: "general", card: card(1), state: "working" });
    await saved;
    const source = () => {
      const block = room.message(message.id)!.card!.blocks[0]!;
      return block.type === "picture" ? block.src.split("/")[3]! : "";
    };
    const old = source();
    await room.edit(message.id, { card: card(2), state: "done" }, true);
    expect((await room.files.read(message.id, source()))?.bytes).toEqual(Buffer.from([2]));
    expect(await room.files.read(message.id, old)).toBeUndefined();
  });
});
