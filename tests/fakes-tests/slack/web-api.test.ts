import { describe, expect, test } from "vitest";
import { client, refusal, setUp } from "./setup.ts";

describe("Web API", () => {
  test("answers auth.test with the app's identity and the granted scopes", async () => {
    const { slack, web } = await setUp({ app: { scopes: ["chat:write", "commands"] } });
    const answer = await web.auth.test();
    expect(answer).toMatchObject({
      team: "NLP course",
      bot_id: slack.world.app.botId,
      team_id: slack.world.team.id,
    });
    expect(answer.response_metadata?.scopes).toEqual(["chat:write", "commands"]);
  });

  test("refuses a call without a token: not_authed", async () => {
    const { slack } = await setUp();
    expect((await refusal(client(slack, "").auth.test())).error).toBe("not_authed");
  });

  test("refuses a token it never gave out: invalid_auth", async () => {
    const { slack } = await setUp();
    expect((await refusal(client(slack, "xoxb-made-up").auth.test())).error).toBe("invalid_auth");
  });

  test("refuses a token that was revoked: token_revoked", async () => {
    const { slack, web } = await setUp();
    slack.world.revoked.add(slack.botToken);
    expect((await refusal(web.auth.test())).error).toBe("token_revoked");
  });

  test("refuses the bot token where the app-level token belongs: not_allowed_token_type", async () => {
    const { web } = await setUp();
    expect((await refusal(web.apps.connections.open({}))).error).toBe("not_allowed_token_type");
  });

  test("refuses a call outside the scopes and names them: missing_scope", async () => {
    const { web, general } = await setUp({ app: { scopes: ["commands"] } });
    expect(await refusal(web.chat.postMessage({ channel: general, text: "hi" }))).toMatchObject({
      error: "missing_scope",
      needed: "chat:write",
      provided: "commands",
    });
  });

  test("refuses a method it does not have: unknown_method", async () => {
    const { web } = await setUp();
    expect((await refusal(web.apiCall("chat.shout"))).error).toBe("unknown_method");
  });

  test("refuses a call without a required argument and names it: invalid_arguments", async () => {
    const { web } = await setUp();
    const answer = await refusal(web.apiCall("chat.postMessage", { text: "hi" }));
    expect(answer.error).toBe("invalid_arguments");
    expect(answer.response_metadata).toMatchObject({ messages: ["[ERROR] missing required field: channel"] });
  });

  test("takes JSON as well as forms, and with JSON only the header's token", async () => {
    const { slack, general } = await setUp();
    const post = (headers: Record<string, string>, body: object) =>
      fetch(`${slack.apiUrl}chat.postMessage`, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8", ...headers },
        body: JSON.stringify(body),
      }).then((response) => response.json());
    const authorization = `Bearer ${slack.botToken}`;
    expect(await post({ authorization }, { channel: general, text: "hi" })).toMatchObject({ ok: true });
    expect(await post({}, { channel: general, text: "hi", token: slack.botToken })).toMatchObject({
      error: "not_authed",
    });
    expect(await post({ authorization }, [])).toMatchObject({ error: "invalid_json" });
  });

  test("refuses a body of a type it can't read: invalid_post_type", async () => {
    const { slack } = await setUp();
    const response = await fetch(`${slack.apiUrl}auth.test`, {
      method: "POST",
      headers: { "content-type": "application/xml" },
      body: "<token/>",
    });
    expect(await response.json()).toMatchObject({ error: "invalid_post_type" });
  });

  test("a planned fault hits the next call only: an error, a status, a lost request, a lost response", async () => {
    const { slack, web, general } = await setUp();
    const post = () => web.chat.postMessage({ channel: general, text: "hi" });
    slack.faults.next("chat.postMessage", { error: "internal_error" });
    expect((await refusal(post())).error).toBe("internal_error");
    slack.faults.next("chat.postMessage", { status: 503 });
    await expect(post()).rejects.toMatchObject({ code: "slack_webapi_http_error", statusCode: 503 });
    slack.faults.next("chat.postMessage", "lost-request");
    await expect(post()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
    expect(slack.channel("general").channel.messages).toHaveLength(0);
    slack.faults.next("chat.postMessage", "lost-response");
    await expect(post()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
    expect(slack.channel("general").channel.messages).toHaveLength(1);
    expect((await post()).ok).toBe(true);
  });
});
