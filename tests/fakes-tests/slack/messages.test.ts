import { describe, expect, test } from "vitest";
import { mrkdwn, refusal, setUp } from "./setup.ts";

describe("posting", () => {
  test("refuses a channel that does not exist: channel_not_found", async () => {
    const { web } = await setUp();
    expect((await refusal(web.chat.postMessage({ channel: "C0", text: "hi" }))).error).toBe(
      "channel_not_found",
    );
  });

  test("hides a private channel from an app outside it: channel_not_found", async () => {
    const { slack, web } = await setUp();
    const channel = slack.channel("secret").channel.id;
    expect((await refusal(web.chat.postMessage({ channel, text: "hi" }))).error).toBe("channel_not_found");
  });

  test("refuses a public channel the app has not joined, unless it has chat:write.public", async () => {
    const { slack, web } = await setUp();
    const channel = slack.channel("elsewhere").channel.id;
    expect((await refusal(web.chat.postMessage({ channel, text: "hi" }))).error).toBe("not_in_channel");
    slack.world.app.scopes.add("chat:write.public");
    expect((await web.chat.postMessage({ channel, text: "hi" })).ok).toBe(true);
  });

  test("refuses an archived channel: is_archived", async () => {
    const { slack, web, general } = await setUp();
    slack.channel("general").archive();
    expect((await refusal(web.chat.postMessage({ channel: general, text: "hi" }))).error).toBe("is_archived");
  });

  test("refuses a message of nothing: no_text", async () => {
    const { web, general } = await setUp();
    expect((await refusal(web.chat.postMessage({ channel: general, text: " ", blocks: [] }))).error).toBe(
      "no_text",
    );
  });

  test("cuts text after 40,000 characters and warns", async () => {
    const { web, general } = await setUp();
    const answer = await web.chat.postMessage({ channel: general, text: "x".repeat(40_001) });
    expect(answer.message?.text).toHaveLength(40_000);
    expect(answer.response_metadata?.warnings).toEqual(["message_truncated"]);
  });

  test("refuses markdown_text beside text: markdown_text_conflict", async () => {
    const { web, general } = await setUp();
    const call = web.apiCall("chat.postMessage", { channel: general, text: "a", markdown_text: "b" });
    expect((await refusal(call)).error).toBe("markdown_text_conflict");
  });

  test("refuses markdown_text of more than 12,000 characters: msg_too_long", async () => {
    const { web, general } = await setUp();
    const call = web.chat.postMessage({ channel: general, markdown_text: "x".repeat(12_001) });
    expect((await refusal(call)).error).toBe("msg_too_long");
  });

  test("refuses metadata without an event type or payload: invalid_metadata_schema", async () => {
    const { web, general } = await setUp();
    const call = web.apiCall("chat.postMessage", { channel: general, text: "hi", metadata: { key: 1 } });
    expect((await refusal(call)).error).toBe("invalid_metadata_schema");
  });

  test("refuses metadata that is too large: metadata_too_large", async () => {
    const { web, general } = await setUp();
    const metadata = { event_type: "note", event_payload: { text: "x".repeat(8000) } };
    const call = web.chat.postMessage({ channel: general, text: "hi", metadata });
    expect((await refusal(call)).error).toBe("metadata_too_large");
  });

  test("shows metadata in the history only when asked", async () => {
    const { web, general } = await setUp();
    const metadata = { event_type: "note", event_payload: { key: "k1" } };
    await web.chat.postMessage({ channel: general, text: "hi", metadata });
    const plainHistory = await web.conversations.history({ channel: general });
    expect(plainHistory.messages?.[0]?.metadata).toBeUndefined();
    const history = await web.conversations.history({ channel: general, include_all_metadata: true });
    expect(history.messages?.[0]?.metadata).toEqual(metadata);
  });

  test("posts to a user's id as a direct message, and refuses one of a deactivated user", async () => {
    const { slack, web } = await setUp();
    const answer = await web.chat.postMessage({ channel: slack.user("student-1").user.id, text: "hi" });
    expect(answer.channel).toBe(slack.user("student-1").direct.channel.id);
    const gone = slack.user("gone").user.id;
    expect((await refusal(web.chat.postMessage({ channel: gone, text: "hi" }))).error).toBe(
      "channel_not_found",
    );
  });

  test("refuses direct messages when the Messages tab is off: messages_tab_disabled", async () => {
    const { slack, web } = await setUp({ app: { messagesTab: false } });
    const call = web.chat.postMessage({ channel: slack.user("student-1").user.id, text: "hi" });
    expect((await refusal(call)).error).toBe("messages_tab_disabled");
  });

  test("refuses a thread_ts that is no timestamp", async () => {
    const { web, general } = await setUp();
    const call = web.chat.postMessage({ channel: general, text: "hi", thread_ts: "yesterday" });
    expect((await refusal(call)).error).toBe("invalid_thread_ts");
  });

  test("gives each message its own ts, also within one millisecond", async () => {
    const { web, general } = await setUp();
    const a = await web.chat.postMessage({ channel: general, text: "a" });
    const b = await web.chat.postMessage({ channel: general, text: "b" });
    expect(Number(b.ts)).toBeGreaterThan(Number(a.ts));
    expect(a.ts).toMatch(/^\d{10}\.\d{6}$/);
  });
});

describe("ephemeral messages", () => {
  test("refuses a recipient outside the channel: user_not_in_channel", async () => {
    const { slack, web } = await setUp();
    const channel = slack.channel("staff").channel.id;
    const user = slack.user("student-1").user.id;
    expect((await refusal(web.chat.postEphemeral({ channel, user, text: "hi" }))).error).toBe(
      "user_not_in_channel",
    );
  });

  test("chat:write.public does not help where the app is no member: not_in_channel", async () => {
    const { slack, web } = await setUp({ app: { scopes: ["chat:write", "chat:write.public"] } });
    const channel = slack.channel("elsewhere").channel.id;
    const user = slack.user("student-1").user.id;
    expect((await refusal(web.chat.postEphemeral({ channel, user, text: "hi" }))).error).toBe(
      "not_in_channel",
    );
  });

  test("can't be updated through the Web API: message_not_found", async () => {
    const { slack, web, general } = await setUp();
    const user = slack.user("student-1").user.id;
    const { message_ts } = await web.chat.postEphemeral({ channel: general, user, text: "hi" });
    const call = web.chat.update({ channel: general, ts: message_ts!, text: "ho" });
    expect((await refusal(call)).error).toBe("message_not_found");
  });
});

describe("changing", () => {
  test("refuses a message that is not there: message_not_found", async () => {
    const { web, general } = await setUp();
    const call = web.chat.update({ channel: general, ts: "1.000000", text: "hi" });
    expect((await refusal(call)).error).toBe("message_not_found");
  });

  test("refuses somebody else's message: cant_update_message, cant_delete_message", async () => {
    const { slack, web, general } = await setUp();
    const { ts } = slack.channel("general").user("student-1").say("mine");
    expect((await refusal(web.chat.update({ channel: general, ts, text: "x" }))).error).toBe(
      "cant_update_message",
    );
    expect((await refusal(web.chat.delete({ channel: general, ts }))).error).toBe("cant_delete_message");
  });

  test("refuses text of more than 4,000 characters: msg_too_long", async () => {
    const { web, general } = await setUp();
    const { ts } = await web.chat.postMessage({ channel: general, text: "hi" });
    const call = web.chat.update({ channel: general, ts: ts!, text: "x".repeat(4001) });
    expect((await refusal(call)).error).toBe("msg_too_long");
  });

  test("refuses to replace rich text by blocks without any: block_mismatch", async () => {
    const { web, general } = await setUp();
    const rich = {
      type: "rich_text" as const,
      elements: [{ type: "rich_text_section" as const, elements: [{ type: "text" as const, text: "hi" }] }],
    };
    const { ts } = await web.chat.postMessage({ channel: general, text: "hi", blocks: [rich] });
    const update = (blocks: object[]) =>
      web.chat.update({ channel: general, ts: ts!, text: "hi", blocks: blocks as never });
    expect((await refusal(update([{ type: "section", text: mrkdwn("hi") }]))).error).toBe("block_mismatch");
    expect((await update([rich, { type: "divider" }])).ok).toBe(true);
  });

  test("refuses to edit in an archived channel: is_inactive", async () => {
    const { slack, web, general } = await setUp();
    const { ts } = await web.chat.postMessage({ channel: general, text: "hi" });
    slack.channel("general").archive();
    expect((await refusal(web.chat.update({ channel: general, ts: ts!, text: "x" }))).error).toBe(
      "is_inactive",
    );
  });

  test("refuses to edit where the app was removed: cant_update_message", async () => {
    const { slack, web, general } = await setUp();
    const { ts } = await web.chat.postMessage({ channel: general, text: "hi" });
    slack.channel("general").removeApp();
    expect((await refusal(web.chat.update({ channel: general, ts: ts!, text: "x" }))).error).toBe(
      "cant_update_message",
    );
  });

  test("an update without blocks keeps them, an empty array removes them", async () => {
    const { web, general, slack } = await setUp();
    const { ts } = await web.chat.postMessage({
      channel: general,
      text: "hi",
      blocks: [{ type: "divider" }],
    });
    const stored = () => slack.channel("general").channel.messages[0]!;
    await web.chat.update({ channel: general, ts: ts!, text: "ho" });
    expect(stored().blocks).toHaveLength(1);
    await web.chat.update({ channel: general, ts: ts!, text: "ho", blocks: [] });
    expect(stored().blocks).toHaveLength(0);
  });

  test("gives a permalink to a message, and none to one that is not there", async () => {
    const { web, general } = await setUp();
    const { ts } = await web.chat.postMessage({ channel: general, text: "hi" });
    const link = await web.chat.getPermalink({ channel: general, message_ts: ts! });
    expect(link.permalink).toBe(`https://nlp-course.slack.com/archives/${general}/p${ts!.replace(".", "")}`);
    const call = web.chat.getPermalink({ channel: general, message_ts: "1.000000" });
    expect((await refusal(call)).error).toBe("message_not_found");
  });
});
