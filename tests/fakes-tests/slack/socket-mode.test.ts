import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { socketApp } from "./bolt.ts";
import { client, mrkdwn, plain, refusal, setUp } from "./setup.ts";

describe("Socket Mode through Bolt", () => {
  test("a command arrives with everything a handler needs, and its acknowledgement's text is shown", async () => {
    const { slack } = await setUp();
    let seen: Record<string, unknown> = {};
    await socketApp(slack, (app) =>
      app.command("/generate", async ({ command, ack }) => {
        seen = command;
        await ack({ text: "On it" });
      }),
    );
    const run = slack.channel("general").user("student-1").command("/generate", "a < b & c");
    expect((await run.ephemeral()).text).toBe("On it");
    expect(seen).toMatchObject({
      command: "/generate",
      text: "a &lt; b &amp; c",
      channel_name: "general",
      user_name: "student-1",
      team_domain: "nlp-course",
    });
  });

  test("with should_escape, people, channels and addresses come in angle brackets", async () => {
    const { slack, general } = await setUp();
    let text = "";
    await socketApp(slack, (app) =>
      app.command("/generate", async ({ command, ack }) => {
        text = command.text;
        await ack();
      }),
    );
    await slack
      .channel("general")
      .user("student-1")
      .command("/generate", "@student-2 #general https://a.org")
      .acknowledged();
    const ben = slack.user("student-2").user.id;
    expect(text).toBe(`<@${ben}|student-2> <#${general}|general> <https://a.org>`);
  });

  test("a command that is not acknowledged within three seconds fails with operation_timeout", async () => {
    const { slack, clock } = await setUp();
    await socketApp(slack, (app) => app.command("/generate", async () => {}));
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    await clock.advance(2999);
    expect(slack.timeline.all.some((seen) => seen.kind === "not-acknowledged")).toBe(false);
    await clock.advance(1);
    expect(await run.notice()).toBe('/generate failed with the error "operation_timeout".');
    await expect(run.acknowledged()).rejects.toThrow("operation_timeout");
  });

  test("a command without any connection fails with dispatch_failed", async () => {
    const { slack } = await setUp();
    const run = slack.channel("general").user("student-1").command("/generate", "hi");
    expect(await run.notice()).toContain("dispatch_failed");
  });

  test("a command in a thread, an undeclared one and one of Slack's own never reach the app", async () => {
    const { slack } = await setUp();
    const ada = slack.channel("general").user("student-1");
    const { ts } = ada.say("hello");
    const inThread = slack.channel("general").thread(ts).user("student-1").command("/generate", "hi");
    expect(await inThread.notice()).toBe("/generate is not supported in threads. Sorry!");
    expect(await ada.command("/unheard").notice()).toBe("/unheard is not a valid command.");
    expect(await ada.command("/help").notice()).toContain("Slack's own");
    expect(
      slack.timeline.all.filter((seen) => seen.kind === "delivery" && seen.what.startsWith("/")),
    ).toEqual([]);
  });

  test("an event that is not acknowledged comes again at once, after one minute and after five, with one event id", async () => {
    const { slack, clock } = await setUp();
    const ids: string[] = [];
    const socket = new WebSocket((await client(slack, slack.appToken).apps.connections.open({})).url!);
    socket.on("message", (data) => {
      const envelope = JSON.parse(data.toString());
      if (envelope.type === "events_api")
        ids.push(`${envelope.payload.event_id} attempt ${envelope.retry_attempt}`);
    });
    await slack.socketMode.connected();
    slack.channel("general").user("student-1").say("hello");
    const attempts = (count: number) =>
      slack.timeline.wait(`attempt ${count}`, 0, (seen) =>
        seen.kind === "delivery" && seen.attempt === count ? true : undefined,
      );
    await attempts(0);
    await clock.advance(3000);
    await attempts(1);
    await clock.advance(3000);
    await clock.advance(60_000);
    await attempts(2);
    await clock.advance(3000);
    await clock.advance(300_000);
    await attempts(3);
    await clock.advance(3000);
    await expect.poll(() => ids.length).toBe(4);
    const [id] = ids[0]!.split(" ");
    expect(ids).toEqual([0, 1, 2, 3].map((attempt) => `${id} attempt ${attempt}`));
    socket.close();
  });

  test("an acknowledged event does not come again", async () => {
    const { slack, clock } = await setUp();
    let calls = 0;
    await socketApp(slack, (app) => app.message(async () => void calls++));
    slack.channel("general").user("student-1").say("hello");
    await slack.timeline.wait("the acknowledgement", 0, (seen) =>
      seen.kind === "acknowledged" ? true : undefined,
    );
    await clock.advance(600_000);
    expect(calls).toBe(1);
  });

  test("the client comes back after refresh_requested and after a broken connection", async () => {
    const { slack } = await setUp();
    await socketApp(slack, (app) => app.command("/generate", async ({ ack }) => ack("here")));
    for (const end of [() => slack.socketMode.refresh(), () => slack.socketMode.drop()]) {
      const again = slack.timeline.wait("a new connection", slack.timeline.all.length, (seen) =>
        seen.kind === "socket-opened" ? true : undefined,
      );
      end();
      await again;
      const run = slack.channel("general").user("student-1").command("/generate", "hi");
      expect((await run.ephemeral()).text).toBe("here");
    }
  });

  test("a warning leaves ten seconds before Slack ends the connection", async () => {
    const { slack, clock } = await setUp();
    const socket = new WebSocket((await client(slack, slack.appToken).apps.connections.open({})).url!);
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await slack.socketMode.connected();
    slack.socketMode.warn();
    await clock.advance(9999);
    expect(slack.socketMode.connections()).toBe(1);
    await clock.advance(1);
    await ended;
    expect(slack.socketMode.connections()).toBe(0);
  });

  test("Slack leaves the TCP connection to the client after the closing handshake", async () => {
    const { slack } = await setUp();
    const socket = new WebSocket((await client(slack, slack.appToken).apps.connections.open({})).url!);
    await new Promise((resolve) => socket.once("message", resolve));
    socket.close(1000);
    await expect.poll(() => slack.socketMode.connections()).toBe(0);
    await slack.quiet();
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    socket.terminate();
  });

  test("a WebSocket URL opens one connection, soon", async () => {
    const { slack, clock } = await setUp();
    const open = async () => (await client(slack, slack.appToken).apps.connections.open({})).url!;
    const attempt = (url: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.on("open", () => resolve("open"));
        socket.on("error", (error) => resolve(error.message));
      });
    const url = await open();
    expect(await attempt(url)).toBe("open");
    expect(await attempt(url)).toContain("401");
    const late = await open();
    await clock.advance(30_001);
    expect(await attempt(late)).toContain("401");
  });

  test("an app without Socket Mode gets no URL", async () => {
    const { slack } = await setUp({ app: { socketMode: false } });
    const call = client(slack, slack.appToken).apps.connections.open({});
    expect((await refusal(call)).error).toBe("socket_mode_not_enabled");
  });

  test("envelopes go to one of several connections, and an eleventh is refused: too_many_websockets", async () => {
    const { slack } = await setUp();
    const reasons: string[] = [];
    const sockets: WebSocket[] = [];
    const got = Array<number>(11).fill(0);
    for (let i = 0; i < 11; i++) {
      const socket = new WebSocket((await client(slack, slack.appToken).apps.connections.open({})).url!);
      socket.on("message", (data) => {
        const message = JSON.parse(data.toString());
        if (message.type === "disconnect") reasons.push(message.reason);
        if (message.type === "slash_commands") got[i]!++;
        if (message.envelope_id) socket.send(JSON.stringify({ envelope_id: message.envelope_id }));
      });
      sockets.push(socket);
      await new Promise((resolve) => socket.once("message", resolve));
    }
    expect(reasons).toEqual(["too_many_websockets"]);
    await slack.channel("general").user("student-1").command("/generate", "hi").acknowledged();
    expect(got.reduce((sum, n) => sum + n)).toBe(1);
    for (const socket of sockets) socket.close();
  });

  test("a pressed button tells who, where and what, and may answer through its response_url", async () => {
    const { slack, web, general } = await setUp();
    let action: unknown;
    await socketApp(slack, (app) =>
      app.action("vote", async ({ ack, body, payload, respond }) => {
        await ack();
        action = { payload, user: body.user.id };
        await respond({
          replace_original: true,
          text: "Thanks",
          blocks: [{ type: "section", text: mrkdwn("Thanks") }],
        });
      }),
    );
    const run = slack.channel("general").user("student-1");
    const started = run.say("poll?");
    await web.chat.postMessage({
      channel: general,
      text: "Poll",
      blocks: [
        {
          type: "actions",
          block_id: "row",
          elements: [{ type: "button", action_id: "vote", text: plain("Yes"), value: "y" }],
        },
      ],
    });
    expect(started.buttons).toEqual([]);
    const poll = await slack.message("general");
    expect(poll.buttons).toEqual(["Yes"]);
    await poll.as("student-2").press("Yes").acknowledged();
    expect((await poll.until("Thanks")).text).toBe("Thanks");
    expect(action).toMatchObject({
      user: slack.user("student-2").user.id,
      payload: { action_id: "vote", block_id: "row", value: "y" },
    });
  });

  test("a button that is not answered tells the person so", async () => {
    const { slack, web, general, clock } = await setUp();
    await socketApp(slack, (app) => app.action("vote", async () => {}));
    await web.chat.postMessage({
      channel: general,
      text: "Poll",
      blocks: [{ type: "actions", elements: [{ type: "button", action_id: "vote", text: plain("Yes") }] }],
    });
    const press = (await slack.message("general")).as("student-1").press("Yes");
    await clock.advance(3000);
    expect(await press.notice()).toContain("operation_timeout");
  });
});
