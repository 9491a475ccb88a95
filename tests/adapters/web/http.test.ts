import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BODY_BYTES, STREAMS_PER_PERSON } from "../../../src/adapters/web/limits.ts";
import type { WireMessage, WireRoom } from "../../../src/adapters/web/wire.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import { ask, createTrialActions, createWriter, fail, pair, show, whisper } from "./trial-commands.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";
import { joinBy, type WebSession } from "./web-session.ts";

const writer = createWriter();
const trial = createTrialActions();
const commands = [writer.command, show, whisper, fail, pair, ask];
let room: OpenClassroom;
let teacher: WebSession;
let anna: WebSession;
let ben: WebSession;

const key = (link: string) => new URL(link).hash.slice(1);
const join = (name: string) => joinBy(() => room.url, key(room.studentLink), name);
let requests = 0;
const say = (who: WebSession, text: string, channel = "general") => {
  requests += 1;
  return who.post("/api/messages", { request: `t${requests}`, channel, text });
};
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "taken",
    ({ status, code }) => `${status} ${code}`,
  );

beforeAll(async () => {
  room = await openWebClassroom({ commands, actions: trial.actions });
  teacher = await joinBy(() => room.url, key(room.teacherLink), "");
  anna = await join("Anna");
  ben = await join("Ben");
  for (const who of [teacher, anna, ben]) await who.follow();
});
afterAll(async () => {
  for (const who of [teacher, anna, ben]) who.leave();
  await room.stop();
});

/** Waits for something that the event streams will bring. */
async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const messageOf = (who: WebSession, id: string | undefined) =>
  until(() => (id === undefined ? undefined : who.messages.get(id)));
const sees = (who: WebSession, text: string) =>
  until(() => [...who.messages.values()].find((message) => JSON.stringify(message).includes(text)));

describe("the door", () => {
  test("without a session there is no classroom, no message, no file and no stream", async () => {
    expect(await (await fetch(`${room.url}/api/room`)).json()).toBeNull();
    for (const path of [
      "/api/events",
      "/api/channels/general/messages",
      "/api/invitation",
      "/files/1/2/a.png",
    ]) {
      expect((await fetch(room.url + path)).status, path).toBe(401);
    }
  });

  test("the session's cookie can't be read by scripts, sent from other sites, or changed", async () => {
    const response = await fetch(`${room.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: room.url },
      body: JSON.stringify({ key: key(room.studentLink), name: "Cookie" }),
    });
    const cookie = response.headers.getSetCookie()[0]!;
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    const value = cookie.split(";", 1)[0]!;
    const get = async (sent: string) =>
      (await (await fetch(`${room.url}/api/room`, { headers: { cookie: sent } })).json()) as WireRoom | null;
    expect((await get(value))?.me.name).toBe("Cookie");
    const [id, begun, signature] = decodeURIComponent(value.split("=")[1]!).split(".");
    const forged = (changed: string) => `cloze_session=${encodeURIComponent(changed)}`;
    expect(await get(forged(`${anna.person.id}.${begun}.${signature}`))).toBeNull();
    expect(await get(forged(`${id}.9999999999.${signature}`))).toBeNull();
    expect(await get(forged(`${id}.${begun}`))).toBeNull();
  });

  test("under an HTTPS address the cookie is for HTTPS only", async () => {
    const own = await openWebClassroom({
      commands,
      settings: { publicAddress: "https://cloze.example.edu" },
    });
    const answer = await fetch(`${own.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://cloze.example.edu" },
      body: JSON.stringify({ key: key(own.studentLink), name: "Ann" }),
    });
    expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure/);
    await own.stop();
  });

  test("links carry their key behind #, which no server is sent", () => {
    for (const link of [room.teacherLink, room.studentLink]) {
      expect(new URL(link).pathname).toBe("/join");
      expect(new URL(link).search).toBe("");
    }
  });

  test("a student's session shows neither the teacher's nor the assistants' key", async () => {
    const seen = [
      await anna.get("/api/room"),
      await anna.get("/api/invitation"),
      [...anna.messages.values()],
    ];
    expect(JSON.stringify(seen)).not.toMatch(/teacher-|assistant-/);
    expect(JSON.stringify(await teacher.get("/api/invitation"))).toMatch(/assistant-/);
  });
});

describe("requests from elsewhere", () => {
  const post = (headers: Record<string, string>, body = "{}") =>
    fetch(`${room.url}/api/session`, { method: "POST", headers, body });

  test.each([
    ["a foreign origin", { origin: "https://evil.example" }],
    ["no origin", {}],
    ["a null origin", { origin: "null" }],
    ["the same host on another port", { origin: "http://127.0.0.1:1" }],
  ])("%s is refused", async (_title, headers) => {
    const answer = await post({ "content-type": "application/json", ...headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { code: "origin-foreign" } });
  });

  test("a form's content type is refused", async () => {
    const answer = await post({ "content-type": "text/plain", origin: room.url });
    expect(answer.status).toBe(415);
  });

  test("a foreign host name is refused, also for reading; the machine's own names are not", async () => {
    const status = (host: string) =>
      new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(room.url);
        httpRequest({ hostname, port, path: "/", headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        })
          .on("error", reject)
          .end();
      });
    expect(await status("evil.example")).toBe(421);
    expect(await status("127.0.0.1.evil.example:80")).toBe(421);
    expect(await status("localhost:1234")).toBe(200);
    expect(await status("192.168.1.20:3000")).toBe(200);
    expect(await status("[::1]:3000")).toBe(200);
  });

  test("a body beyond the limit is refused, also without a content length", async () => {
    const headers = { "content-type": "application/json", origin: room.url };
    expect((await post(headers, JSON.stringify({ key: "x".repeat(BODY_BYTES) }))).status).toBe(413);
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 70; i++) controller.enqueue(new Uint8Array(1024).fill(32));
        controller.close();
      },
    });
    const streamed = await fetch(`${room.url}/api/session`, {
      method: "POST",
      headers,
      body: chunks,
      duplex: "half",
    } as RequestInit);
    expect(streamed.status).toBe(413);
  });

  test.each(["", "{", "[]", "null", '{"key":1,"name":"x"}', `{"key":"${"k".repeat(300)}","name":"x"}`])(
    "the body %j is refused with a sentence",
    async (body) => {
      const answer = await post({ "content-type": "application/json", origin: room.url }, body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { code: "request-invalid" } });
    },
  );
});

describe("what the page may do", () => {
  test("every page, answer and asset forbids framing, sniffing and scripts from elsewhere", async () => {
    const shell = await (await fetch(room.url)).text();
    const assets = [...shell.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(assets).toHaveLength(3);
    for (const path of ["/", "/join", "/c/general", "/api/room", "/nothing", ...assets]) {
      const { headers } = await fetch(room.url + path);
      const policy = headers.get("content-security-policy");
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).toContain("script-src 'self'");
      expect(policy, path).not.toContain("unsafe");
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
    expect(shell).not.toMatch(/<script(?![^>]* src=)|style="| on\w+="/);
  });

  test("the first load, fonts of one script included, is under 300 kB as sent", async () => {
    const size = async (path: string) => {
      const answer = await fetch(room.url + path, { headers: { "accept-encoding": "gzip" } });
      return Number(answer.headers.get("content-length") ?? (await answer.arrayBuffer()).byteLength);
    };
    const shell = await (await fetch(room.url)).text();
    const [, style] = /href="(\/assets\/page[^"]+\.css)"/.exec(shell)!;
    const css = await (await fetch(room.url + style)).text();
    const latin = [
      ...new Set([...css.matchAll(/url\(([^)]+)\)/g)].map(([, url]) => url!.replace(/["']/g, ""))),
    ]
      .filter((url) => /-latin-wght/.test(url))
      .map((url) => new URL(url, room.url + style).pathname);
    expect(latin.length).toBeGreaterThanOrEqual(4);
    const paths = [...[...shell.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!), ...latin];
    let total = shell.length;
    for (const path of paths) total += await size(path);
    expect(total).toBeLessThan(300_000);
  });

  test("a file is sent as a download in a sandbox, a picture as a picture, and only to who sees the message", async () => {
    const { message } = await say(anna, "/show");
    const shown = await until(() => {
      const found = message === undefined ? undefined : anna.messages.get(message);
      return found?.card && found;
    });
    const addressOf = (type: string) =>
      shown
        .card!.blocks.flatMap((block) =>
          block.type === "picture"
            ? [["picture", block.src]]
            : block.type === "file"
              ? [["file", block.href]]
              : [],
        )
        .find(([kind]) => kind === type)![1]!;
    expect((await fetch(room.url + addressOf("file"))).status).toBe(401);
    expect(new TextDecoder().decode(await anna.bytes(addressOf("file")))).toBe("a,b\n1,2\n");
    expect((await anna.bytes(addressOf("picture"))).slice(1, 4)).toEqual(new TextEncoder().encode("PNG"));
    await expect(anna.bytes(addressOf("file").replace(/files\/\d+/, "files/../../data"))).rejects.toThrow();
  });
});

describe("who sees and does what", () => {
  test("a private answer reaches only who asked, and no other session can fetch it", async () => {
    const { message } = await say(anna, "/whisper pssst");
    await messageOf(anna, message);
    await say(ben, "a mark");
    await sees(ben, "a mark");
    expect(JSON.stringify([...ben.messages.values()])).not.toContain("pssst");
    expect(JSON.stringify(await ben.get("/api/channels/general/messages"))).not.toContain("pssst");
    expect(JSON.stringify(await teacher.get("/api/channels/general/messages"))).not.toContain("pssst");
  });

  test("nobody enters another's direct messages or a room they are not in", async () => {
    const direct = `direct-${anna.person.id}`;
    const opened = await room.adapter.messenger.openRoom(
      { platform: "web", id: "general" },
      [{ platform: "web", id: anna.person.id, displayName: "Anna" }],
      "Alone",
    );
    for (const channel of [direct, opened.id, "nowhere"]) {
      expect(await refusal(say(ben, "hello", channel)), channel).toBe("403 channel-closed");
      expect(await refusal(ben.get(`/api/channels/${channel}/messages`)), channel).toBe("403 channel-closed");
    }
    expect(await refusal(say(anna, "hello", opened.id))).toBe("taken");
  });

  test("a button can't be pressed by who does not see its message, nor under another channel's name", async () => {
    const { message } = await say(anna, "/whisper secret");
    const pressed = (who: WebSession, channel: string) => {
      requests += 1;
      return who.post("/api/actions", {
        request: `t${requests}`,
        channel,
        message,
        action: "trial.vote",
        record: "p1",
      });
    };
    expect(await refusal(pressed(ben, "general"))).toBe("400 message-gone");
    expect(await refusal(pressed(anna, "lab"))).toBe("400 message-gone");
    expect(await refusal(pressed(anna, "general"))).toBe("taken");
  });

  test("only who asked, or the teacher, stops a reply; what was written stays", async () => {
    const { message } = await say(anna, "/write Once");
    writer.give(" upon");
    await until(() => JSON.stringify(anna.messages.get(message!) ?? {}).includes(" upon"));
    expect(await refusal(ben.post(`/api/messages/${message}/stop`, {}))).toBe("403 not-yours");
    expect(await anna.post(`/api/messages/${message}/stop`, {})).toEqual({ stopped: true });
    const stopped = await until(() => {
      const found = ben.messages.get(message!);
      return found?.state === "stopped" && found;
    });
    expect(JSON.stringify(stopped.card)).toContain(" upon");
    const second = await say(anna, "/write Twice");
    expect(await teacher.post(`/api/messages/${second.message}/stop`, {})).toEqual({ stopped: true });
    await until(() => ben.messages.get(second.message!)?.state === "stopped");
  });

  test("only one's own private messages can be dismissed", async () => {
    const { message } = await say(anna, "/whisper gone soon");
    await messageOf(anna, message);
    expect(await refusal(ben.post(`/api/messages/${message}/dismiss`, {}))).toBe("403 not-yours");
    const { message: open } = await say(anna, "for everybody");
    expect(await refusal(anna.post(`/api/messages/${open}/dismiss`, {}))).toBe("403 not-yours");
    await anna.post(`/api/messages/${message}/dismiss`, {});
    await until(() => !anna.messages.has(message!));
  });

  test("commands above one's role are neither offered nor run", async () => {
    const names = async (who: WebSession) =>
      (await who.get<WireRoom>("/api/room")).commands.map(({ name }) => name);
    expect(await names(teacher)).toContain("pair with");
    expect(await names(anna)).not.toContain("pair with");
    expect((await say(anna, "/pair with partner:@Ben")).refused?.code).toBe("role-needed");
    const { message } = await say(teacher, "/pair with partner:@ben");
    await sees(ben, '"person":"Ben"');
    expect(message).toBeDefined();
  });

  test("a name nobody has is refused with the nearest one", async () => {
    const { refused } = await say(teacher, "/pair with partner:@Bem");
    expect(refused).toMatchObject({
      code: "person-unknown",
      message: expect.stringContaining("Did you mean @Ben?"),
    });
  });
});

describe("requests sent twice", () => {
  test("are done once and answered twice: words, commands and presses", async () => {
    const body = { request: "same-words", channel: "lab", text: "only once" };
    const both = await Promise.all([anna.post("/api/messages", body), anna.post("/api/messages", body)]);
    expect(both[0]).toEqual(both[1]);
    const before = trial.taken.length;
    const shown = await say(anna, "/show", "lab");
    const press = {
      request: "same-press",
      channel: "lab",
      message: shown.message,
      action: "trial.vote",
      record: "p1",
      value: "beam",
    };
    await Promise.all([anna.post("/api/actions", press), anna.post("/api/actions", press)]);
    expect(trial.taken.slice(before)).toHaveLength(1);
    const held = await anna.get<WireMessage[]>("/api/channels/lab/messages");
    expect(held.filter(({ text }) => text === "only once")).toHaveLength(1);
  });

  test("the same id from another person is another request", async () => {
    const body = { request: "shared-id", channel: "lab", text: "from both" };
    await anna.post("/api/messages", body);
    await ben.post("/api/messages", body);
    const held = await anna.get<WireMessage[]>("/api/channels/lab/messages");
    expect(held.filter(({ text }) => text === "from both")).toHaveLength(2);
  });

  test("are known again after a restart", async () => {
    const store = openMemoryStore();
    let own = await openWebClassroom({ commands, store });
    const cara = await joinBy(() => own.url, key(own.studentLink), "Cara");
    const body = { request: "over-restart", channel: "general", text: "said before" };
    const first = await cara.post("/api/messages", body);
    await own.stop();
    own = await openWebClassroom({ commands, store });
    expect(await cara.post("/api/messages", body)).toEqual(first);
    await own.stop();
    await store.close();
  });
});

describe("limits", () => {
  test("who sends very fast is told when to go on, and others are not held up", async () => {
    const hasty = await join("Hasty");
    let told = "";
    for (let i = 0; told === "" && i < 500; i++)
      told = await say(hasty, `m${i}`, "lab").then(
        () => "",
        ({ code, message }) => `${code} ${message}`,
      );
    expect(told).toMatch(/^too-fast .*Again in \d+ s/);
    expect(await refusal(say(ben, "calmly", "lab"))).toBe("taken");
  });

  test("one person opens only so many streams", async () => {
    const many = await Promise.all(
      Array.from({ length: STREAMS_PER_PERSON }, () => joinBy(() => room.url, key(room.teacherLink), "")),
    );
    // The teacher of the other tests has one open already, under the same account.
    const told = await Promise.allSettled(many.map((one) => one.follow()));
    expect(told.filter(({ status }) => status === "rejected")).toHaveLength(1);
    for (const one of many) one.leave();
  });

  test("a message beyond the limit is refused with both numbers", async () => {
    const told = await say(anna, "x".repeat(8_001)).catch((error) => error);
    expect(told).toMatchObject({ code: "text-too-long", message: expect.stringMatching(/8,001.*8,000/) });
  });
});

test("when its port is taken, the classroom opens on the next free one", async () => {
  const port = Number(new URL(room.url).port);
  const own = await openWebClassroom({ commands, settings: { port } });
  expect(Number(new URL(own.url).port)).toBeGreaterThan(port);
  await own.stop();
});

test("a host that is not this machine's is refused with what to give instead", async () => {
  await expect(openWebClassroom({ commands, settings: { host: "203.0.113.7" } })).rejects.toMatchObject({
    code: "host-unavailable",
    message: expect.stringContaining("0.0.0.0"),
  });
});
