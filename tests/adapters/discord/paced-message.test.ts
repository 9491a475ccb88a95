import { DiscordAPIError } from "discord.js";
import pino from "pino";
import { describe, expect, test } from "vitest";
import { createPacedMessage, type Pages } from "../../../src/adapters/discord/paced-message.ts";
import type { Page } from "../../../src/adapters/discord/render-card.ts";
import { textCard } from "../../../src/bot/cards/card.ts";
import { handClock } from "../../fakes/hand-clock.ts";

/** Messages that note when they were changed; `fail` plants failures for the next requests. */
function setUp({ streaming = true, count = 0, most = 5 } = {}) {
  const clock = handClock(0);
  const shown: string[] = Array.from({ length: count }, () => "");
  const requests: string[] = [];
  const failures: unknown[] = [];
  let held: (() => void) | undefined;
  let hold = false;
  const request = async (line: string): Promise<void> => {
    requests.push(`${clock.now()} ${line}`);
    if (hold) await new Promise<void>((resolve) => (held = resolve));
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const words = ({ content }: Page) => content.slice(0, 20);
  const pages: Pages = {
    get count() {
      return shown.length;
    },
    most,
    async send(page, index) {
      await request(`send ${index} ${words(page)}`);
      shown[index] = page.content;
    },
    async edit(page, index) {
      await request(`edit ${index} ${words(page)}`);
      shown[index] = page.content;
    },
    async remove(index) {
      await request(`remove ${index}`);
      shown.splice(index, 1);
    },
  };
  const gone: unknown[] = [];
  const message = createPacedMessage(pages, { clock, log: pino({ level: "silent" }), streaming }, (e) =>
    gone.push(e),
  );
  return {
    clock,
    message,
    shown,
    requests,
    failures,
    gone,
    hold: () => {
      hold = true;
    },
    release: () => {
      hold = false;
      held?.();
    },
  };
}

const network = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
const unknownMessage = new DiscordAPIError(
  { code: 10008, message: "Unknown Message" },
  10008,
  404,
  "PATCH",
  "",
  {},
);

describe("pace", () => {
  test("the first state comes at once, the following at most once a second, the last always", async () => {
    const { clock, message, requests } = setUp();
    for (let i = 0; i < 15; i++) {
      message.show(textCard(`state ${i}`));
      await clock.advance(100);
    }
    message.show(textCard("the end"));
    await message.finish();
    expect(requests).toEqual(["0 send 0 state 0", "1000 edit 0 state 9", "1500 edit 0 the end"]);
  });

  test("while a request is under way, states coalesce to the last", async () => {
    const { clock, message, requests, hold, release } = setUp();
    hold();
    message.show(textCard("one"));
    for (let i = 0; i < 10; i++) {
      message.show(textCard(`state ${i}`));
      await clock.advance(1_000);
    }
    release();
    await message.finish();
    expect(requests).toEqual(["0 send 0 one", "10000 edit 0 state 9"]);
  });

  test("the same state twice costs one request", async () => {
    const { message, requests } = setUp();
    message.show(textCard("same"));
    await message.settled();
    message.show(textCard("same"));
    await message.finish();
    expect(requests).toEqual(["0 send 0 same"]);
  });

  test("settled waits for the pace, finish does not", async () => {
    const { clock, message, requests } = setUp({ streaming: false });
    message.show(textCard("one"));
    await message.settled();
    message.show(textCard("two"));
    let settled = false;
    void message.settled().then(() => {
      settled = true;
    });
    await clock.advance(999);
    expect(settled).toBe(false);
    await clock.advance(1);
    expect(settled).toBe(true);
    message.show(textCard("three"));
    await message.finish();
    expect(requests.at(-1)).toBe("1000 edit 0 three");
  });
});

describe("several messages", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => `line ${i} ${"x".repeat(90)}`).join("\n");

  test("only those that changed are sent", async () => {
    const { clock, message, requests } = setUp();
    message.show(textCard(lines(25)));
    await message.settled();
    message.show(textCard(lines(26)));
    await clock.advance(1_000);
    await message.finish();
    expect(requests.map((r) => r.replace(/line.*/, ""))).toEqual(["0 send 0 ", "0 send 1 ", "1000 edit 1 "]);
  });

  test("those that are not needed any more are taken away", async () => {
    const { message, shown } = setUp();
    message.show(textCard(lines(45)));
    await message.settled();
    expect(shown).toHaveLength(3);
    message.show(textCard("short"));
    await message.finish();
    expect(shown).toEqual(["short"]);
  });

  test("the end of a long text comes with its file, though the state before showed the same words", async () => {
    const { message, shown } = setUp();
    message.show(textCard(lines(200)));
    await message.settled();
    expect(shown.at(-1)).toContain("more follows");
    await message.finish();
    expect(shown.at(-1)).toContain("attached rest.txt");
  });
});

describe("trouble", () => {
  test("a broken connection is tried again with the latest state", async () => {
    const { clock, message, requests, failures, gone } = setUp();
    failures.push(network, network);
    message.show(textCard("one"));
    await clock.advance(500);
    message.show(textCard("two"));
    await clock.advance(3_000);
    await message.finish();
    expect(requests).toEqual(["0 send 0 one", "1000 send 0 two", "3000 send 0 two"]);
    expect(gone).toEqual([]);
  });

  test("after five tries it is given up", async () => {
    const { clock, message, failures, gone } = setUp();
    failures.push(...Array(5).fill(network));
    message.show(textCard("one"));
    await clock.advance(20_000);
    await expect(message.finish()).rejects.toBe(network);
    expect(gone).toEqual([network]);
  });

  test("a message that is gone is told once, and nothing more is sent", async () => {
    const { clock, message, requests, failures, gone } = setUp();
    message.show(textCard("one"));
    await message.settled();
    failures.push(unknownMessage);
    message.show(textCard("two"));
    await clock.advance(1_000);
    message.show(textCard("three"));
    await clock.advance(5_000);
    await expect(message.finish()).rejects.toBe(unknownMessage);
    expect(requests).toHaveLength(2);
    expect(gone).toEqual([unknownMessage]);
  });
});
