import { describe, expect, test } from "vitest";
import { setUp } from "./setup.ts";

const limited = { code: "slack_webapi_rate_limited_error" };

describe("rate limits", () => {
  test("answers call 51 of a tier-3 method within a minute with 429 and the seconds until the first one ages out", async () => {
    const { web, clock, general } = await setUp();
    const { ts } = await web.chat.postMessage({ channel: general, text: "0" });
    const update = (text: string) => web.chat.update({ channel: general, ts: ts!, text });
    for (let i = 0; i < 50; i++) await update(String(i));
    await expect(update("50")).rejects.toMatchObject({ ...limited, retryAfter: 60 });
    await clock.advance(45_000);
    await expect(update("50")).rejects.toMatchObject({ ...limited, retryAfter: 15 });
    await clock.advance(15_000);
    expect((await update("50")).ok).toBe(true);
  });

  test("counts each method for itself: a full chat.update leaves users.info open", async () => {
    const { slack, web, general } = await setUp();
    const { ts } = await web.chat.postMessage({ channel: general, text: "0" });
    for (let i = 0; i < 50; i++) await web.chat.update({ channel: general, ts: ts!, text: String(i) });
    const user = slack.user("student-1").user.id;
    expect((await web.users.info({ user })).ok).toBe(true);
  });

  test("answers call 21 of a tier-2 method within a minute with 429", async () => {
    const { web } = await setUp();
    for (let i = 0; i < 20; i++) await web.usergroups.list();
    await expect(web.usergroups.list()).rejects.toMatchObject(limited);
  });

  test("takes one chat.postMessage a second and channel after a short burst", async () => {
    const { web, clock, general } = await setUp({ postMessageBurst: 2 });
    const post = (channel: string) => web.chat.postMessage({ channel, text: "hi" });
    await post(general);
    await post(general);
    await expect(post(general)).rejects.toMatchObject({ ...limited, retryAfter: 1 });
    await clock.advance(1000);
    expect((await post(general)).ok).toBe(true);
    await expect(post(general)).rejects.toMatchObject(limited);
  });

  test("a burst in one channel leaves the others open", async () => {
    const { slack, web, general } = await setUp({ postMessageBurst: 1 });
    await web.chat.postMessage({ channel: general, text: "hi" });
    await expect(web.chat.postMessage({ channel: general, text: "hi" })).rejects.toMatchObject(limited);
    const staff = slack.channel("staff").channel.id;
    expect((await web.chat.postMessage({ channel: staff, text: "hi" })).ok).toBe(true);
  });
});
