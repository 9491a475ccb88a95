import { describe, expect, test } from "vitest";
import { refusal, setUp } from "./setup.ts";

async function setUpStream() {
  const setup = await setUp();
  const recipient = {
    recipient_team_id: setup.slack.world.team.id,
    recipient_user_id: setup.slack.user("student-1").user.id,
  };
  const start = (args: object): Promise<{ ok: boolean; ts?: string }> =>
    setup.web.apiCall("chat.startStream", { channel: setup.general, ...args });
  const open = async () => String((await start({ ...recipient, markdown_text: "Once" })).ts);
  return { ...setup, recipient, start, open };
}

describe("streams", () => {
  test("in a channel say whom they answer: missing_recipient_user_id, missing_recipient_team_id", async () => {
    const { start, recipient } = await setUpStream();
    const { recipient_team_id, recipient_user_id } = recipient;
    expect((await refusal(start({ recipient_team_id }))).error).toBe("missing_recipient_user_id");
    expect((await refusal(start({ recipient_user_id }))).error).toBe("missing_recipient_team_id");
    expect((await refusal(start({ recipient_team_id, recipient_user_id: "U0" }))).error).toBe(
      "user_not_found",
    );
  });

  test("in direct messages reply to a message: thread_ts is required there", async () => {
    const { slack, start } = await setUpStream();
    const channel = slack.user("student-1").direct.channel.id;
    expect((await refusal(start({ channel }))).error).toBe("invalid_arguments");
    const { ts } = slack.user("student-1").direct.say("hello");
    expect((await start({ channel, thread_ts: ts })).ok).toBe(true);
  });

  test("grow by what is appended and end with blocks", async () => {
    const { slack, web, general, open } = await setUpStream();
    const ts = await open();
    await web.apiCall("chat.appendStream", { channel: general, ts, markdown_text: " upon" });
    await web.apiCall("chat.stopStream", {
      channel: general,
      ts,
      chunks: [{ type: "markdown_text", text: " a time" }],
      blocks: [{ type: "divider" }],
    });
    const message = slack.channel("general").channel.messages.at(-1)!;
    expect(message.text).toBe("Once upon a time");
    expect(message.blocks.map((block) => block.type)).toEqual(["divider"]);
  });

  test("can't be edited while they run: streaming_state_conflict", async () => {
    const { web, general, open } = await setUpStream();
    const ts = await open();
    expect((await refusal(web.chat.update({ channel: general, ts, text: "x" }))).error).toBe(
      "streaming_state_conflict",
    );
    await web.apiCall("chat.stopStream", { channel: general, ts });
    expect((await web.chat.update({ channel: general, ts, text: "x" })).ok).toBe(true);
  });

  test("take nothing after their end: message_not_in_streaming_state", async () => {
    const { web, general, open } = await setUpStream();
    const ts = await open();
    await web.apiCall("chat.stopStream", { channel: general, ts });
    const append = web.apiCall("chat.appendStream", { channel: general, ts, markdown_text: "x" });
    expect((await refusal(append)).error).toBe("message_not_in_streaming_state");
    expect((await refusal(web.apiCall("chat.stopStream", { channel: general, ts }))).error).toBe(
      "message_not_in_streaming_state",
    );
  });

  test("belong to the app: message_not_owned_by_app", async () => {
    const { slack, web, general } = await setUpStream();
    const { ts } = slack.channel("general").user("student-1").say("mine");
    const append = web.apiCall("chat.appendStream", { channel: general, ts, markdown_text: "x" });
    expect((await refusal(append)).error).toBe("message_not_owned_by_app");
  });

  test("take known chunks only: invalid_chunks", async () => {
    const { web, general, open } = await setUpStream();
    const ts = await open();
    const append = web.apiCall("chat.appendStream", { channel: general, ts, chunks: [{ type: "song" }] });
    expect((await refusal(append)).error).toBe("invalid_chunks");
  });

  test("take at most 12,000 characters at once: msg_too_long", async () => {
    const { web, general, open } = await setUpStream();
    const ts = await open();
    const append = web.apiCall("chat.appendStream", {
      channel: general,
      ts,
      markdown_text: "x".repeat(12_001),
    });
    expect((await refusal(append)).error).toBe("msg_too_long");
  });
});
