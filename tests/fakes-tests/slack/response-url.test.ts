import { describe, expect, test } from "vitest";
import { socketApp } from "./bolt.ts";
import { setUp } from "./setup.ts";

/** The response_url of one command, and a way to use it. */
async function responseUrl(channel = "general") {
  const { slack, clock } = await setUp();
  let url = "";
  await socketApp(slack, (app) =>
    app.command("/generate", async ({ ack, command }) => {
      url = command.response_url;
      await ack();
    }),
  );
  const run = slack.channel(channel).user("student-1").command("/generate", "hi");
  await run.acknowledged();
  const post = async (body: object) => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    return `${response.status} ${await response.text()}`;
  };
  return { slack, clock, run, post };
}

describe("response_url", () => {
  test("answers the person alone, or everybody with response_type in_channel", async () => {
    const { run, post } = await responseUrl();
    expect(await post({ text: "for you" })).toBe("200 ok");
    expect((await run.ephemeral()).text).toBe("for you");
    await post({ text: "for all", response_type: "in_channel" });
    expect((await run.message()).text).toBe("for all");
  });

  test("works where the app is no member", async () => {
    const { run, post } = await responseUrl("elsewhere");
    await post({ text: "hello from outside", response_type: "in_channel" });
    expect((await run.message()).text).toBe("hello from outside");
  });

  test("can be used five times: used_url", async () => {
    const { post } = await responseUrl();
    for (let i = 0; i < 5; i++) expect(await post({ text: String(i) })).toBe("200 ok");
    expect(await post({ text: "6" })).toBe("404 used_url");
  });

  test("lives 30 minutes: expired_url", async () => {
    const { clock, post } = await responseUrl();
    await clock.advance(30 * 60_000);
    expect(await post({ text: "in time" })).toBe("200 ok");
    await clock.advance(1);
    expect(await post({ text: "late" })).toBe("404 expired_url");
  });

  test("checks blocks and text like any message", async () => {
    const { post } = await responseUrl();
    expect(await post({ text: "hi", blocks: [{ type: "banner" }] })).toBe("400 invalid_blocks");
    expect(await post({})).toBe("400 no_text");
  });
});
