import { describe, expect, test } from "vitest";
import type { Action } from "../../../src/bot/actions.ts";
import { textCard } from "../../../src/bot/cards/card.ts";
import { type AnyCommand, defineCommand } from "../../../src/bot/commands/spec.ts";
import { virtualTime } from "../../fakes/virtual-time.ts";
import { afterwards, gate, startBot } from "./discord-bot.ts";
import { readMarkdown } from "./read-message.ts";

/** Writes a word whenever the test gives one; ends when it is told to, or when nobody reads it any more. */
function writer(visibility: "channel" | "private" = "channel") {
  const words: string[] = [];
  let wake = (): void => {};
  let over = false;
  let aborted: (() => void) | undefined;
  const wasAborted = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  const command: AnyCommand = defineCommand({
    name: "write",
    description: "writes",
    options: {},
    examples: [],
    ack: "deferred",
    visibility,
    async *run(_, { signal }) {
      let text = "";
      while (!signal.aborted) {
        if (words.length > 0) {
          text += words.shift();
          yield { kind: "message", card: textCard(text) };
        } else if (over) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener("abort", () => resolve(), { once: true });
          });
      }
      aborted?.();
    },
  });
  return {
    command,
    wasAborted,
    write(word: string) {
      words.push(word);
      wake();
    },
    end() {
      over = true;
      wake();
    },
  };
}

const vote = (votes: string[]): Action => ({
  name: "test.vote",
  async *run({ value, person }) {
    votes.push(`${person.displayName}: ${value}`);
    yield { kind: "private", card: textCard(`Your vote: ${value}`) };
  },
});
const ballot = textCard("Which one samples?", {
  actions: [{ buttons: [{ label: "top-p", action: "test.vote", record: "p1", value: "top-p" }] }],
});

describe("acknowledging in time", () => {
  test("a slow store is answered for after 1.5 s, in the visibility that the command declares", async () => {
    const { passed, open } = gate();
    const whisper: AnyCommand = defineCommand({
      name: "whisper",
      description: "d",
      options: {},
      examples: [],
      ack: "instant",
      visibility: "private",
      async *run() {
        yield { kind: "message", card: textCard("at last") };
      },
    });
    const { discord, clock } = await startBot({
      commands: [whisper],
      around: (inner) => ({ ...inner, command: (event) => passed.then(() => inner.command(event)) }),
    });
    const use = discord.channel("general").user("ada").command("/whisper");
    await discord.settled();
    await clock.advance(1_500);
    expect(await use.acknowledged()).toBe(5);
    expect(use.interaction.acknowledgedAt! - use.interaction.createdAt).toBe(1_500);
    await clock.advance(10_000);
    open();
    expect((await use.ephemeral()).content).toBe("at last");
    expect(discord.channel("general").messages).toEqual([]);
  });

  test("what is refused after that is told in private, and no thinking… stays in the channel", async () => {
    const { passed, open } = gate();
    const { discord, clock } = await startBot({
      commands: [writer().command],
      around: (inner) => ({
        ...inner,
        async command() {
          await passed;
          return {
            kind: "refused",
            card: textCard("not now"),
            error: { code: "x", message: "x", fault: false },
          };
        },
      }),
    });
    const use = discord.channel("general").user("ada").command("/write");
    await discord.settled();
    await clock.advance(1_500);
    await use.acknowledged();
    open();
    expect((await use.ephemeral()).content).toBe("not now");
    expect(discord.channel("general").messages).toEqual([]);
  });
});

describe("losing the place of a reply", () => {
  test("a deleted channel ends the work", async () => {
    const { command, write, wasAborted } = writer();
    const { discord, clock, logged } = await startBot({ commands: [command] });
    const use = discord.channel("general").user("ada").command("/write");
    write("one ");
    await use.message((m) => m.content === "one");
    discord.channel("general").delete();
    write("two");
    await discord.settled();
    await clock.advance(1_000);
    await wasAborted;
    expect(logged.filter((line) => !line.startsWith("info"))).toEqual([]);
  });

  test("a bot that is kicked ends the work", async () => {
    const { command, write, wasAborted } = writer();
    const { discord, clock, logged } = await startBot({ commands: [command] });
    const use = discord.channel("general").user("ada").command("/write");
    write("one ");
    await use.message((m) => m.content === "one");
    discord.kickBot();
    write("two");
    await discord.settled();
    await clock.advance(1_000);
    await wasAborted;
    expect(logged).toContain("warn: Cloze was removed from NLP 101");
    expect(logged.filter((line) => line.startsWith("error"))).toEqual([]);
  });

  test("a reply that is deleted by hand ends the work", async () => {
    const { command, write, wasAborted } = writer();
    const { discord, clock } = await startBot({ commands: [command] });
    const use = discord.channel("general").user("ada").command("/write");
    write("one ");
    const message = await use.message((m) => m.content === "one");
    message.delete();
    write("two");
    await discord.settled();
    await clock.advance(1_000);
    await wasAborted;
  });

  test("after the 15 minutes of its token a reply in the channel goes on in a new message", async () => {
    const { command, write, end } = writer();
    const { discord, clock } = await startBot({ commands: [command] });
    const use = discord.channel("general").user("ada").command("/write");
    write("before ");
    await use.message((m) => m.content === "before");
    await clock.advance(15 * 60_000);
    write("and after");
    end();
    expect(
      (await discord.channel("general").message((m) => m.content === "before and after")).ephemeral,
    ).toBe(false);
  });

  test("after the 15 minutes a private reply goes on in a direct message", async () => {
    const { command, write, end } = writer("private");
    const { discord, clock } = await startBot({ commands: [command] });
    const use = discord.channel("general").user("ada").command("/write");
    write("before ");
    await use.ephemeral((m) => m.content === "before");
    await clock.advance(15 * 60_000);
    write("and after");
    end();
    await discord.directMessages("ada").message((m) => m.content === "before and after");
    expect(discord.channel("general").messages).toEqual([]);
  });
});

test("a reply that Discord refuses is said to be refused, instead of thinking… for 15 minutes", async () => {
  const { command, write, wasAborted } = writer();
  const { discord, logged } = await startBot({
    commands: [command],
    before: (d) =>
      d.faults.plant({ method: "PATCH", path: /^\/webhooks\//, times: 1, answer: { status: 400 } }),
  });
  const use = discord.channel("general").user("ada").command("/write");
  write("one");
  expect((await use.ephemeral()).content).toContain("Discord did not take this reply");
  await wasAborted;
  expect(discord.channel("general").messages.filter((m) => m.loading)).toEqual([]);
  expect(logged).toContain("error: Discord refused a reply (Planted)");
});

describe("rate limits", () => {
  test("a storm of 429s delays a streamed reply and loses nothing of its end", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const { command, write, end } = writer();
    const { discord } = await time.until(startBot({ commands: [command], clock: time, buckets: {} }));
    const use = discord.channel("general").user("ada").command("/write");
    write("w0");
    await time.until(use.message());
    discord.faults.plant({ method: "PATCH", path: /^\/webhooks\//, times: 5, answer: { retryAfterS: 4 } });
    for (let i = 1; i <= 40; i++) {
      write(` w${i}`);
      await time.advance(250);
    }
    end();
    await time.until(use.message((m) => m.content.endsWith("w40")));
    const edits = discord.requests.filter(({ method }) => method === "PATCH");
    expect(edits.filter(({ status }) => status === 429)).toHaveLength(5);
    expect(edits.length).toBeLessThan(10);
  });

  test("a stream of 100 states keeps within Discord's buckets: no 429 at all", async () => {
    const time = virtualTime();
    afterwards(() => time.restore());
    const { command, write, end } = writer();
    const { discord } = await time.until(startBot({ commands: [command], clock: time, buckets: {} }));
    const use = discord.channel("general").user("ada").command("/write");
    for (let i = 0; i < 100; i++) {
      write(`${i} `);
      await time.advance(50);
    }
    end();
    await time.until(use.message((m) => m.content.endsWith("99")));
    expect(discord.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(use.edits.length).toBeGreaterThan(3);
    expect(use.edits.length).toBeLessThan(9);
  });
});

test("a class of 300 votes within the same second: each is answered within 3 s, with discord.js' own limits in place", async () => {
  const time = virtualTime();
  afterwards(() => time.restore());
  const votes: string[] = [];
  let api = "";
  const { discord, adapter } = await time.until(
    startBot({
      actions: [vote(votes)],
      clock: time,
      buckets: {},
      before: (d) => {
        api = d.api;
      },
      settings: {
        get rest() {
          return { api };
        },
      },
    }),
  );
  const channel = discord.channel("general");
  await time.until(adapter.messenger.post({ platform: "discord", id: channel.id }, ballot));
  const poll = await channel.message((m) => m.buttons.length > 0);
  const presses = Array.from({ length: 300 }, (_, i) => channel.user(`s${i}`).press(poll, "top-p"));
  await time.until(Promise.all(presses.map((press) => press.ephemeral())));
  const waits = presses.map(({ interaction }) => interaction.acknowledgedAt! - interaction.createdAt);
  expect(Math.max(...waits)).toBeLessThan(3_000);
  expect(new Set(votes).size).toBe(300);
});

describe("a lost connection", () => {
  async function withBallot() {
    const time = virtualTime();
    afterwards(() => time.restore());
    const votes: string[] = [];
    const { discord, adapter } = await time.until(startBot({ actions: [vote(votes)], clock: time }));
    const channel = discord.channel("general");
    await time.until(adapter.messenger.post({ platform: "discord", id: channel.id }, ballot));
    const poll = await channel.message((m) => m.buttons.length > 0);
    const press = (name: string) => channel.user(name).press(poll, "top-p");
    await time.until(press("ada").ephemeral());
    const told = () => time.until(channel.message((m) => m.content.includes("lost its connection")));
    return { time, votes, discord, channel, press, told };
  }

  test("two minutes of outage: presses meanwhile fail visibly, the channel is told, votes before are kept", async () => {
    const { time, votes, discord, channel, press, told } = await withBallot();
    discord.gateway.accepting = false;
    discord.gateway.drop();
    await time.advance(60_000);
    const lost = press("bob");
    await time.advance(60_000);
    expect(await lost.failed()).toBe("This interaction failed");
    discord.gateway.accepting = true;
    const notice = await told();
    expect(readMarkdown(notice.content).text).toContain("did not count: please use them again");
    await time.until(press("bob").ephemeral((m) => m.content.includes("Your vote")));
    expect(votes).toEqual(["ada: top-p", "bob: top-p"]);
    expect(channel.messages.filter((m) => m.content.includes("lost its connection"))).toHaveLength(1);
  });

  test("a dead line: presses that Discord delivers afterwards are not counted, for their people saw them fail", async () => {
    const { time, votes, discord, press, told } = await withBallot();
    discord.gateway.stall();
    const late = [press("bob"), press("cara")];
    for (const each of late) expect(await time.until(each.failed())).toBe("This interaction failed");
    await time.until(discord.seen(/resumed, [2-9] events replayed/));
    await told();
    expect(votes).toEqual(["ada: top-p"]);
    await time.until(press("bob").ephemeral((m) => m.content.includes("Your vote")));
    expect(votes).toEqual(["ada: top-p", "bob: top-p"]);
  });
});

describe("buttons", () => {
  test("of another bot or an old version answer in private", async () => {
    const { discord, adapter } = await startBot({ actions: [] });
    const channel = discord.channel("general");
    await adapter.messenger.post({ platform: "discord", id: channel.id }, ballot);
    const poll = await channel.message();
    const press = channel.user("ada").pressStale(poll, "something else");
    expect((await press.ephemeral()).content).toContain("another version of Cloze");
  });
});

describe("stopping", () => {
  test("new work is refused in words while a reply finishes", async () => {
    const { command, write, end } = writer();
    const { discord, adapter } = await startBot({ commands: [command] });
    const ada = discord.channel("general").user("ada");
    const use = ada.command("/write");
    write("half ");
    await use.message((m) => m.content === "half");
    const stopped = adapter.stop(10_000);
    const refused = discord.channel("general").user("bob").command("/write");
    expect((await refused.ephemeral()).content).toContain("is being stopped or restarted");
    write("whole");
    end();
    await use.message((m) => m.content === "half whole");
    await discord.settled();
    await stopped;
  });
});
