import { describe, expect, test } from "vitest";
import { type Card, textCard } from "../../../src/bot/cards/card.ts";
import { UserError } from "../../../src/bot/errors.ts";
import type { Account } from "../../../src/bot/invocation.ts";
import { type RigOptions, slackRig } from "./rig.ts";
import { echo } from "./sample-commands.ts";

async function started(options: RigOptions = {}) {
  const rig = await slackRig({ commands: [echo], ...options });
  await rig.start();
  const { messenger } = rig.services;
  const general = { platform: "slack" as const, id: rig.slack.channel("general").channel.id };
  const account = (name: string): Account => {
    const { id, realName } = rig.slack.user(name).user;
    return { platform: "slack", id, displayName: realName };
  };
  return { rig, ...rig, messenger, general, account };
}

const code = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown);
  return error instanceof UserError ? error.code : error;
};
const PNG = Buffer.from("89504e470d0a1a0a", "hex");

describe("posts", () => {
  test("with one key are one message: at once, one after the other, and after a restart", async () => {
    const { rig, slack, services, general } = await started();
    const post = () => services.messenger.post(general, textCard("Poll"), { dedupeKey: "poll/1" });
    const [a, b] = await Promise.all([post(), post()]);
    await rig.restart();
    const c = await post();
    expect([b, c]).toEqual([a, a]);
    expect(slack.channel("general").channel.messages).toHaveLength(1);
  });

  test("that were under way when the process stopped are found in the history", async () => {
    const { slack, services, general, store } = await (async () => {
      const all = await started();
      return { ...all, store: all.services.store };
    })();
    // The state of a process that stopped between posting and noting the message down.
    const ref = await services.messenger.post(general, textCard("Poll"), { dedupeKey: "poll/1" });
    const { z } = await import("zod");
    const posts = store.namespace("slack-post", z.any());
    await posts.set(`${general.id}/poll/1`, { at: 0 });
    expect(await services.messenger.post(general, textCard("Poll"), { dedupeKey: "poll/1" })).toEqual(ref);
    expect(slack.channel("general").channel.messages).toHaveLength(1);
  });

  test("of long ago are forgotten, handled events after an hour", async () => {
    const { z } = await import("zod");
    const { clock, slack, messenger, general, services } = await started();
    await messenger.post(general, textCard("Poll"), { dedupeKey: "poll/1" });
    const keys = async (name: string) => {
      const found: string[] = [];
      for await (const [key] of services.store.namespace(name, z.any()).list("")) found.push(key);
      return found.length;
    };
    await slack.channel("general").user("ada").command("/echo", "hi").message();
    expect([await keys("slack-post"), await keys("slack-event")]).toEqual([1, 1]);
    await clock.advance(2 * 60 * 60_000);
    expect([await keys("slack-post"), await keys("slack-event")]).toEqual([1, 0]);
    await clock.advance(8 * 24 * 60 * 60_000);
    expect(await keys("slack-post")).toBe(0);
  });

  test("keep one a second and channel after a short burst, without a refusal", async () => {
    const { slack, clock, messenger, general } = await started();
    const posts = Array.from({ length: 8 }, (_, i) => messenger.post(general, textCard(`${i}`)));
    await slack.quiet();
    expect(slack.channel("general").channel.messages).toHaveLength(3);
    for (let i = 0; i < 5; i++) {
      await clock.advance(1_000);
      await slack.quiet();
    }
    await Promise.all(posts);
    expect(slack.channel("general").channel.messages.map(({ text }) => text)).toEqual([..."01234567"]);
    expect(slack.calls("chat.postMessage").every(({ answer }) => answer.ok)).toBe(true);
  });

  test("to a channel without the app say that it must be invited", async () => {
    const { slack, messenger } = await started();
    const outside = { platform: "slack" as const, id: slack.channel("outside").channel.id };
    const refused = messenger.post(outside, textCard("hi"));
    await expect(refused).rejects.toThrow("Invite it there with /invite");
    expect(await code(refused)).toBe("slack-not-in-channel");
  });
});

describe("updates", () => {
  test("of one message come at most every two seconds, and the last one arrives", async () => {
    const { slack, clock, messenger, general } = await started();
    const ref = await messenger.post(general, textCard("0"));
    const updates = Array.from({ length: 100 }, (_, i) => messenger.update(ref, textCard(`${i + 1}`)));
    for (let i = 0; i < 4; i++) {
      await slack.quiet();
      await clock.advance(2_000);
    }
    await Promise.all(updates);
    expect((await slack.message("general")).text).toBe("100");
    expect(slack.calls("chat.update").length).toBeLessThan(5);
  });

  test("of a message that was deleted say so", async () => {
    const { slack, messenger, general } = await started();
    const ref = await messenger.post(general, textCard("0"));
    slack.channel("general").channel.messages.length = 0;
    expect(await code(messenger.update(ref, textCard("1")))).toBe("message-gone");
  });

  test("take back the messages that a shorter card no longer needs", async () => {
    const { rig, slack, services, general } = await started();
    const long = textCard(Array.from({ length: 3000 }, (_, i) => `w${i}`).join(" "));
    const ref = await services.messenger.post(general, long);
    expect(slack.channel("general").channel.messages).toHaveLength(2);
    // Known from the store, also to the next process.
    await rig.restart();
    await services.messenger.update(ref, textCard("short"));
    expect(slack.channel("general").channel.messages.map(({ text }) => text)).toEqual(["short"]);
  });
});

describe("direct messages and rooms", () => {
  test("reach a person, and say who takes none", async () => {
    const { slack, messenger, account } = await started();
    await messenger.direct(account("ada"), textCard("psst"));
    expect(slack.user("ada").direct.channel.messages.map(({ text }) => text)).toEqual(["psst"]);
    expect(await code(messenger.direct(account("gone"), textCard("psst")))).toBe("direct-closed");
  });

  test("a room is a group conversation, and commands in it belong to the channel's course", async () => {
    const { rig, slack, general, account } = await started();
    const room = await rig.services.messenger.openRoom(general, [account("ada"), account("ben")], "Pair 3");
    const channel = slack.world.channels.get(room.id)!;
    expect(channel.kind).toBe("mpim");
    expect((await slack.message(channel.name)).text).toContain("Pair 3");
    const seen: unknown[] = [];
    const original = rig.dispatcher.command.bind(rig.dispatcher);
    rig.dispatcher.command = async (event) => {
      seen.push(event.parentChannel);
      return original(event);
    };
    await slack.channel(channel.name).user("ada").command("/echo", "hi").message("hi");
    expect(seen).toEqual([general]);
  });

  test("a room of nine people, or with somebody from elsewhere, is refused with the reason", async () => {
    const { general, account, messenger } = await started();
    const nine = [account("ada"), ...Array.from({ length: 8 }, (_, i) => account(`extra-${i + 1}`))];
    await expect(messenger.openRoom(general, nine, "Group")).rejects.toThrow(
      "at most 8 people beside Cloze; these are 9",
    );
    const eve: Account = { platform: "discord", id: "d1", displayName: "Eve" };
    await expect(messenger.openRoom(general, [account("ada"), eve], "Pair")).rejects.toThrow(
      "Eve can't enter",
    );
    expect(await code(messenger.openRoom(general, nine, "Group"))).toBe("rooms-unavailable");
  });
});

describe("pictures and files", () => {
  const picture = { type: "picture" as const, png: PNG, fileName: "chart.png", alt: "Votes: A 3, B 5" };
  const file = {
    type: "file" as const,
    fileName: "votes.csv",
    mediaType: "text/csv",
    bytes: Buffer.from("a,b\n"),
    alt: "All votes",
  };
  const card = (...blocks: Card["blocks"]): Card => ({
    blocks: [{ type: "text", text: "Result" }, ...blocks],
  });

  test("a picture stands in the message with its description, uploaded once however often it is shown", async () => {
    const { slack, clock, messenger, general } = await started();
    const ref = await messenger.post(general, card(picture));
    await clock.advance(2_000);
    await messenger.update(ref, card(picture));
    expect((await slack.message("general")).text).toContain("[image: Votes: A 3, B 5]");
    expect(slack.calls("files.getUploadURLExternal").map(({ args }) => args.alt_txt)).toEqual([
      "Votes: A 3, B 5",
    ]);
    const [stored] = [...slack.world.files.values()];
    expect(stored).toMatchObject({ name: "chart.png", bytes: PNG, altText: "Votes: A 3, B 5" });
  });

  test("waits while Slack is still looking at the picture", async () => {
    const { slack, clock, messenger, general } = await started();
    slack.world.fileProcessingMs = 2_500;
    const posted = messenger.post(general, card(picture));
    for (let i = 0; i < 4; i++) {
      await slack.quiet();
      await clock.advance(1_000);
    }
    await posted;
    expect((await slack.message("general")).text).toContain("[image: Votes");
  });

  test("a picture that can't be uploaded leaves its description", async () => {
    const { slack, messenger, general } = await started({
      scopes: (all) => all.filter((scope) => scope !== "files:write"),
    });
    await messenger.post(general, card(picture));
    expect((await slack.message("general")).text).toContain("[Picture: Votes: A 3, B 5]");
  });

  test("a file is shared in the message's thread, once", async () => {
    const { slack, clock, messenger, general } = await started();
    const ref = await messenger.post(general, card(file));
    await clock.advance(2_000);
    await messenger.update(ref, card(file));
    const shared = slack.channel("general").channel.messages.filter(({ files }) => files.length > 0);
    expect(shared).toMatchObject([
      { threadTs: ref.id, files: [{ name: "votes.csv", altText: "All votes" }] },
    ]);
  });
});
