import { expect, test } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { createLog, secretsOf } from "../../src/operation/log.ts";
import { temporaryData } from "../e2e/cloze-process.ts";

/** Planted secrets, none of them real; each has the form its setting asks for. */
const PLANTED = {
  DISCORD_TOKEN: "planted0discord.Gx1.planted1discord2token",
  SLACK_BOT_TOKEN: "xoxb-planted-slack-bot-token",
  SLACK_SIGNING_SECRET: "feedfacefeedfacefeedface",
  CLOZE_METRICS_TOKEN: "planted-metrics-token",
  REDIS_URL: "redis://:planted%23redis@localhost:6379",
};

function plantedLog() {
  const lines: string[] = [];
  const log = createLog("trace", (line) => lines.push(line));
  for (const secret of secretsOf(loadConfig(temporaryData(), PLANTED))) log.hide(secret);
  return { log, written: () => lines.join("") };
}

test("no secret of the settings is written, in a message, a field, an error, its cause or an address", () => {
  const { log, written } = plantedLog();
  const secrets = Object.values(PLANTED).map((value) => value.replace(/^redis:\/\/:|@localhost.*$/g, ""));
  for (const secret of secrets) {
    log.logger.info({ token: secret, nested: { deep: [secret] } }, `with ${secret}`);
    const error = new Error(`refused ${secret}`, { cause: new Error(secret) });
    log.logger.error({ err: Object.assign(error, { url: `https://x.org/?t=${secret}` }) }, "failed");
    log.logger.child({ secret }).warn("as a child's field");
  }
  for (const secret of secrets) expect(written()).not.toContain(secret);
  expect(written().match(/\[secret\]/g)!.length).toBeGreaterThanOrEqual(secrets.length * 6);
  expect(written().trim().split("\n")).toHaveLength(secrets.length * 3);
});

test.each([
  [
    "an interaction's token",
    "https://discord.com/api/v10/webhooks/1051234567890123457/aW50ZXJhY3Rpb246MTA1/messages",
  ],
  [
    "an interaction's callback",
    "https://discord.com/api/v10/interactions/105123456789/aW50ZXJhY3Rpb246MTA1/callback",
  ],
  ["Slack's response address", "https://hooks.slack.com/commands/T012/aW50ZXJhY3Rpb246MTA1/abc"],
  ["another workspace's token", "xoxp-aW50ZXJhY3Rpb246MTA1"],
  ["a session", "cookie: cloze_session=aW50ZXJhY3Rpb246MTA1.sig; theme=dark"],
  ["the teacher's link", "http://127.0.0.1:3000/join#teacher-aW50ZXJhY3Rpb246MTA1"],
  ["an authorisation", "authorization: Bearer aW50ZXJhY3Rpb246MTA1"],
  ["a password in an address", "rediss://cloze:aW50ZXJhY3Rpb246MTA1@redis.example.org"],
])("%s is not written, though no setting holds it", (_, text) => {
  const { log, written } = plantedLog();
  log.logger.error({ err: Object.assign(new Error("failed"), { url: text }) }, text);
  expect(written()).not.toContain("aW50ZXJhY3Rpb246MTA1");
  expect(written()).toContain("[secret]");
});

test("the body of a failed request, which holds people's words, is not written", () => {
  const { log, written } = plantedLog();
  const error = Object.assign(new Error("Missing Access"), {
    requestBody: { json: { content: "my answer" } },
  });
  log.logger.error({ err: error }, "a message could not be sent");
  expect(written()).not.toContain("my answer");
  expect(written()).toContain("Missing Access");
});

test("short strings and ordinary text stay readable", () => {
  const { log, written } = plantedLog();
  log.hide("web");
  log.logger.info({ platform: "web", request: "request/m1/r1" }, "answered https://cloze.example.edu/c/web");
  expect(JSON.parse(written())).toMatchObject({
    platform: "web",
    request: "request/m1/r1",
    msg: "answered https://cloze.example.edu/c/web",
  });
});
