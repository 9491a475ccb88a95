import { expect, test } from "vitest";
import { request } from "../../fakes/discord/raw.ts";
import { loopbackDiscord } from "./setup.ts";

test("a wrong token is refused with 401", async () => {
  const { discord } = await loopbackDiscord();
  const answer = await request(discord, "GET", "/users/@me", undefined, { token: "wrong" });
  expect(answer).toMatchObject({ status: 401, body: { code: 0, message: "401: Unauthorized" } });
});

test("a request without a bot's User-Agent is refused with 403", async () => {
  const { discord } = await loopbackDiscord();
  const answer = await request(discord, "GET", "/users/@me", undefined, {
    headers: { "user-agent": "curl" },
  });
  expect(answer.status).toBe(403);
});

test("an unknown route is refused with 404", async () => {
  const { discord } = await loopbackDiscord();
  expect(await request(discord, "GET", "/nowhere")).toMatchObject({ status: 404, body: { code: 0 } });
});

test("a body that is no JSON is refused with 50109", async () => {
  const { discord } = await loopbackDiscord();
  const options = { text: "{", headers: { "content-type": "application/json" } };
  const answer = await request(discord, "POST", "/users/@me/channels", undefined, options);
  expect(answer).toMatchObject({ status: 400, body: { code: 50109 } });
});

test("a body without a known Content-Type is refused with 50035", async () => {
  const { discord } = await loopbackDiscord();
  const options = { text: "a=b", headers: { "content-type": "text/plain" } };
  const answer = await request(discord, "POST", "/users/@me/channels", undefined, options);
  expect(answer).toMatchObject({ status: 400, body: { code: 50035 } });
});

test("the application says which privileged intents are switched on", async () => {
  const { discord } = await loopbackDiscord({ privilegedIntents: ["GuildMembers", "MessageContent"] });
  const { body } = await request(discord, "GET", "/applications/@me");
  expect(body.flags).toBe((1 << 15) | (1 << 19));
});

test("what the server does not imitate is refused with 501 and named", async () => {
  const { discord } = await loopbackDiscord();
  const path = `/channels/${discord.channel("general").id}/messages`;
  const answer = await request(discord, "POST", path, { poll: {} });
  expect(answer).toMatchObject({ status: 501, body: { message: expect.stringContaining("polls") } });
});
