import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireBank, WireScreen } from "../../../src/adapters/web/wire.ts";
import { pollActions } from "../../../src/bot/activities/poll/poll-actions.ts";
import { poll } from "../../../src/bot/commands/poll.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import { whisper } from "./trial-commands.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";
import { joinBy, type WebSession } from "./web-session.ts";

let room: OpenClassroom;
let teacher: WebSession;
let student: WebSession;
let requests = 0;

const keyOf = (link: string) => new URL(link).hash.slice(1);
const said = (session: WebSession, text: string, channel = "general") =>
  session.post("/api/messages", { request: `r${requests++}`, channel, text });

beforeAll(async () => {
  room = await openWebClassroom({ commands: [poll, whisper], actions: pollActions });
  teacher = await joinBy(() => room.url, keyOf(room.teacherLink), "");
  student = await joinBy(() => room.url, keyOf(room.studentLink), "Anna");
});
afterAll(() => room.stop());

describe("the room's screen", () => {
  test("has the way in, and is refused to students", async () => {
    const screen = await teacher.get<WireScreen>("/api/screen");
    expect(screen).toMatchObject({ shown: { on: "auto" }, activities: [], code: room.adapter.joinCode() });
    for (const path of ["/api/screen", "/api/bank?channel=general"]) {
      await expect(student.get(path)).rejects.toMatchObject({ status: 403, code: "role-needed" });
    }
    await expect(student.post("/api/screen", { on: "join" })).rejects.toMatchObject({ code: "role-needed" });
  });

  test("shows a poll with its message here, so that its buttons can be pressed", async () => {
    await said(teacher, '/poll question:"Which one?" choices:"a | b"');
    const look = async () => (await teacher.get<WireScreen>("/api/screen")).activities;
    await expect.poll(look).toHaveLength(1);
    const [activity] = await look();
    expect(activity).toMatchObject({ question: "Which one?", channel: "general", running: true });
    const close = activity!.controls.find(({ label }) => label === "Close")!;
    const { channel, message } = activity!;
    await teacher.post("/api/actions", {
      request: `r${requests++}`,
      channel,
      message,
      action: close.action,
      record: close.record,
    });
    expect((await look())[0]).toMatchObject({ running: false });
  });

  test("a message that everybody sees can be shown; private ones and rooms can't", async () => {
    const { message } = await said(student, "Look at this");
    await teacher.post("/api/screen", { on: "message", id: message });
    const screen = await teacher.get<WireScreen>("/api/screen");
    expect(screen.message).toMatchObject({ id: message, text: "Look at this" });
    const own = await said(teacher, "Only for Cloze", `direct-${teacher.person.id}`);
    const shown = teacher.post("/api/screen", { on: "message", id: own.message });
    await expect(shown).rejects.toMatchObject({ code: "message-private" });
    const none = teacher.post("/api/screen", { on: "message", id: "nothing" });
    await expect(none).rejects.toMatchObject({ code: "message-gone" });
    expect((await teacher.get<WireScreen>("/api/screen")).shown).toEqual({ on: "message", id: message });
  });

  test("what is shown outlives a restart", async () => {
    const store = openMemoryStore();
    for (const expected of [{ on: "auto" }, { on: "join" }]) {
      const own = await openWebClassroom({ commands: [], store });
      const session = await joinBy(() => own.url, keyOf(own.teacherLink), "");
      expect((await session.get<WireScreen>("/api/screen")).shown).toEqual(expected);
      await session.post("/api/screen", { on: "join" });
      await own.stop();
    }
    await store.close();
  });
});

describe("the course's bank", () => {
  test("has every item with what is right", async () => {
    const { items, objectives } = await teacher.get<WireBank>("/api/bank?channel=general");
    expect(objectives.map(({ id }) => id)).toContain("decoding.top-p");
    const single = items.filter(({ kind }) => kind === "single");
    expect(single.length).toBeGreaterThan(0);
    for (const { id, choices } of single) {
      expect([id, choices.filter(({ right }) => right).length]).toEqual([id, 1]);
    }
    for (const { kind, answer } of items) {
      if (["numeric", "short", "discussion"].includes(kind)) expect(answer).toBeTruthy();
    }
  });

  test("an unknown channel is told", async () => {
    await expect(teacher.get("/api/bank?channel=nowhere")).rejects.toMatchObject({ code: "channel-unknown" });
  });
});
