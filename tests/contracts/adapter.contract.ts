import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { textCard } from "../../src/bot/cards/card.ts";
import { allCommands } from "../../src/bot/commands/all-commands.ts";
import { UserError } from "../../src/bot/errors.ts";
import { type ContractStage, openStage, words } from "./contract-stage.ts";
import type { Exchange, PlatformDriver, SeenMessage } from "./platform-driver.ts";
import { gate, PIXEL } from "./test-commands.ts";

/** Text that means something to some platform; in a card it must mean nothing. */
const HOSTILE = [
  "@everyone @here <@1001> <@U1> <!channel> <!here> <@&7> <#C1> <!subteam^S1>",
  "*slanted* **boldly** _under_ __twice__ ~~struck~~ ~once~ ||hidden|| `coded`",
  "[click](https://evil.example/a) <https://evil.example/b|bank> https://evil.example/c",
  "# heading",
  "> quoted",
  "- listed",
  "1. numbered",
  ":smile: <:blob:123> &lt;b&gt; <b>bold</b> <script>alert(1)</script> \\*kept\\* a\\b",
  "```\nfence\n```",
];
const FORMATTED = /slanted|boldly|under|twice|struck|once|hidden|coded|heading|bold|fence/;

export interface ContractOptions {
  /** Behaviours that the platform can't show: the test's title and the reason. They are reported as skipped. */
  readonly cannot?: Readonly<Record<string, string>>;
  /** For the suite's own test: with a fault planted in the driver, exactly these behaviours must fail. */
  readonly mustFail?: readonly string[];
}

/** What every adapter must show, seen from the platform's side. */
export function adapterContract(
  driver: PlatformDriver,
  { cannot = {}, mustFail }: ContractOptions = {},
): void {
  const titles = new Set<string>();
  const behaviour = (title: string, show: () => Promise<void>) => {
    titles.add(title);
    if (mustFail) {
      if (mustFail.includes(title)) test.fails(title, show);
      return;
    }
    const reason = cannot[title];
    if (reason === undefined) test(title, show);
    else test.skip(`${title} (${driver.platform} can't: ${reason})`, show);
  };

  // A group of which no behaviour must fail would be empty, which vitest takes for a mistake.
  const group = (title: string, register: () => void) => (mustFail ? register() : describe(title, register));

  describe(`adapter contract (${driver.platform})`, () => {
    let on: ContractStage;
    beforeEach(async () => {
      on = await openStage(driver);
    });
    afterEach(() => on.stop());
    const user = (id = "anna") => on.running.asUser(id);
    const teacher = (id = "roe") => on.running.asUser(id, "teacher");
    const capable = () => on.running.adapter.capabilities;
    const inChannel = () => words(on.running.channelMessages(on.running.channel));
    const shown = (exchange: Exchange, text: string | RegExp) =>
      on.eventually(() => {
        expect(words(exchange.messages())).toMatch(text);
        return exchange.messages();
      });
    const whispered = (exchange: Exchange, text: string | RegExp) =>
      on.eventually(() => {
        expect(words(exchange.privateMessages())).toMatch(text);
        return exchange.privateMessages();
      });
    const first = (messages: readonly SeenMessage[]) => messages[0]!;

    group("commands", () => {
      behaviour("offers every command under its full name", async () => {
        const offered = await on.running.offered();
        const here = allCommands.filter(({ unavailable }) => !unavailable?.[driver.platform]);
        expect(offered).toEqual(expect.arrayContaining([...here.map(({ name }) => name), "staff room"]));
      });

      behaviour(
        "acknowledges within 3 s while the handler takes a minute, and shows the answer then",
        async () => {
          const exchange = await user().command("slow");
          expect(exchange.ackedAfterMs).toBeLessThan(3_000);
          await on.eventually(() => expect(on.stage.begun).toEqual(["slow"]));
          await on.clock.advance(60_000);
          expect(words(exchange.messages())).not.toContain("slow is done");
          on.stage.gate.open();
          await shown(exchange, "slow is done");
        },
      );

      behaviour("acknowledges twenty commands at once, each within 3 s, and answers each", async () => {
        const all = await Promise.all(
          Array.from({ length: 20 }, (_, i) => user(`s${i}`).command("echo", { text: `number ${i}.` })),
        );
        expect(Math.max(...all.map(({ ackedAfterMs }) => ackedAfterMs))).toBeLessThan(3_000);
        for (const [i, exchange] of all.entries()) await shown(exchange, `number ${i}.`);
      });

      behaviour("opens an address by a button, and tells of one that is too long for it", async () => {
        for (const length of [100, 1_500, 2_900, 6_000]) {
          const link = "https://example.org/".padEnd(length, "x");
          const [message] = await shown(await user().command("link-to", { length }), "here it is");
          if (!message!.links.includes(link)) {
            expect(length).toBeGreaterThan(1_500);
            expect(message!.text).toContain(
              `Open it: the link has ${length.toLocaleString("en")} characters`,
            );
          }
        }
      });

      behaviour("shows the last state of a streamed reply, in one message", async () => {
        const exchange = await user().command("stream", { states: 60 });
        const messages = await shown(exchange, "the end after 60");
        await on.calm();
        expect(messages).toHaveLength(1);
        expect(words(exchange.messages())).toContain("the end after 60");
        expect(words(exchange.messages())).not.toContain("state");
        expect(inChannel()).not.toContain("state");
      });

      behaviour("shows what is written so far while the rest is awaited", async () => {
        const exchange = await user().command("half");
        await shown(exchange, "the first half");
        on.stage.gate.open();
        await shown(exchange, "the first half and the second");
      });

      behaviour("shows a private reply to who asked and to nobody else", async () => {
        const exchange = await user().command("whisper");
        await whispered(exchange, "for your eyes only");
        await on.calm();
        expect(words(exchange.messages())).toBe("");
        expect(inChannel()).not.toContain("your eyes");
      });

      behaviour("shows an aside in private beside the reply in the channel", async () => {
        const exchange = await user().command("aside");
        await shown(exchange, "said aloud");
        await whispered(exchange, "said aside");
        expect(inChannel()).toContain("said aloud");
        expect(inChannel()).not.toContain("said aside");
      });

      behaviour(
        "refuses an option out of range, naming it and what is allowed, and runs nothing",
        async () => {
          const exchange = await user().command("count", { "up-to": 9 });
          const told = await on.eventually(() => {
            const text = exchange.refusedByPlatform ?? words(exchange.privateMessages());
            expect(text).toMatch(/up.to/i);
            return text;
          });
          expect(told).toMatch(/5/);
          await on.calm();
          expect(on.stage.begun).toEqual([]);
          expect(inChannel()).not.toContain("9");
        },
      );

      behaviour("takes an option of two words by its kebab-case name", async () => {
        await shown(await user().command("count", { "up-to": 3 }), "counted to 3");
      });

      behaviour("refuses a command of the teacher's to a student, and gives it to the teacher", async () => {
        const exchange = await user().command("staff room");
        await whispered(exchange, "for the teacher");
        expect(on.stage.begun).toEqual([]);
        await shown(await teacher().command("staff room"), "the staff room is open");
      });

      behaviour("tells who asks too often when to ask again", async () => {
        await shown(await user().command("costly"), "paid");
        await shown(await user().command("costly"), "paid");
        await whispered(await user().command("costly"), /Again in \d+ s/);
        await shown(await user("ben").command("costly"), "paid");
        await on.clock.advance(60_000);
        await shown(await user().command("costly"), "paid");
      });

      behaviour("suggests values while an option is typed", async () => {
        if (!capable().autocomplete) return;
        expect(await user().autocomplete?.("suggest", "fruit", "ap")).toEqual(["apple", "apricot"]);
      });

      behaviour("answers /help in private with every real command", async () => {
        const exchange = await user().command("help");
        await whispered(exchange, "/generate");
        expect(words(exchange.privateMessages())).toContain("/models");
      });

      behaviour("works in a second channel, and answers there", async () => {
        const { otherChannel } = on.running;
        const exchange = await user().command("echo", { text: "over here" }, { channel: otherChannel });
        await shown(exchange, "over here");
        expect(words(on.running.channelMessages(otherChannel))).toContain("over here");
        expect(inChannel()).not.toContain("over here");
      });

      behaviour("refuses commands outside the course's channels", async () => {
        on.restrict([on.running.channel]);
        const { otherChannel } = on.running;
        const exchange = await user().command("echo", { text: "lost" }, { channel: otherChannel });
        await whispered(exchange, "belongs to no course");
        await shown(await user().command("echo", { text: "found" }), "found");
      });
    });

    group("what cards say", () => {
      for (const line of HOSTILE) {
        behaviour(`shows as inert text: ${JSON.stringify(line)}`, async () => {
          const exchange = await user().command("echo", { text: line });
          const [message] = await shown(exchange, "after the quote");
          expect(squeezed(message!.text)).toContain(squeezed(line));
          expect(message!.pings).toEqual([]);
          expect(message!.links).toEqual([]);
          expect(message!.formatted.join("\n")).not.toMatch(FORMATTED);
        });
      }

      behaviour("keeps right-to-left and zero-width text from reaching into its own words", async () => {
        const exchange = await user().command("echo", {
          text: "abc\u202egnp.exe \u2067x \u200b\u200dy שלום",
        });
        const [message] = await shown(exchange, "after the quote");
        expect(message!.text).toContain("שלום");
        for (const line of message!.text.split("\n")) expect(openDirections(line)).toBe(0);
      });

      behaviour("shows a text far beyond its limits whole and in order", async () => {
        const exchange = await user().command("long", { words: 4_000 });
        const messages = await shown(exchange, "w3999");
        await on.calm();
        const found = words(exchange.messages()).match(/\bw\d+\b/g) ?? [];
        expect(found).toEqual(Array.from({ length: 4_000 }, (_, i) => `w${i}`));
        expect(words(messages)).toContain("the long footer");
      });

      behaviour("shows every kind of block, with pictures described", async () => {
        const exchange = await user().command("rich");
        await shown(exchange, "seed 7");
        await on.calm();
        const all = exchange.messages();
        const text = words(all);
        for (const part of [
          "Rich title",
          "strongly",
          "x = `1`",
          "field name",
          "field value",
          "item one",
          "item two",
          "const fence = '```';",
          "second line",
          "token",
          "0.41",
          "a|b",
          "greedy",
          "top-p",
          "75 %",
          "loading",
        ]) {
          expect(text).toContain(part);
        }
        const files = all.flatMap((message) => message.files);
        const picture = files.find(({ name }) => name === "pixel.png");
        expect(picture?.alt).toBe("one grey pixel");
        expect(picture?.bytes).toEqual(PIXEL);
        const csv = files.find(({ name }) => name === "scores.csv");
        expect(new TextDecoder().decode(csv?.bytes)).toBe("token,p\nthe,0.41\n");
      });
    });

    group("buttons, menus and forms", () => {
      const knock = async () => first(await shown(await user().command("knock"), "who is there"));

      behaviour("a pressed button changes its message, for whoever presses", async () => {
        const message = await knock();
        expect(message.buttons.map(({ label, disabled }) => [label, disabled])).toEqual(
          expect.arrayContaining([
            ["Press me", false],
            ["Ask me", false],
          ]),
        );
        const pressed = await user("ben").press(message, "Press me");
        expect(pressed.ackedAfterMs).toBeLessThan(3_000);
        await on.eventually(() => expect(inChannel()).toMatch(/pressed by .+: r1 v1/));
        expect(inChannel()).not.toContain("who is there");
      });

      behaviour("a button that is disabled can't be pressed", async () => {
        const message = await knock();
        // Where there are no disabled buttons, it is not shown at all.
        const button = message.buttons.find(({ label }) => label === "Not now");
        expect(button?.disabled ?? true).toBe(true);
      });

      behaviour("keeps buttons alive over a restart", async () => {
        const message = await knock();
        await on.running.restart();
        await user().press(message, "Press me");
        await on.eventually(() => expect(inChannel()).toMatch(/pressed by .+: r1 v1/));
      });

      behaviour("answers an unknown button in private and changes nothing", async () => {
        const message = await knock();
        const exchange = await user().pressRaw(message, { action: "test.gone", record: "r1" });
        await whispered(exchange, "another version of Cloze");
        expect(inChannel()).toContain("who is there?");
      });

      behaviour("takes several choices of a menu", async () => {
        const exchange = await user().select(await knock(), ["top-p", "greedy"]);
        await whispered(exchange, "chosen: greedy and top-p");
      });

      behaviour(
        "opens a form from a command, with what is filled in, and answers what was sent",
        async () => {
          if (!capable().modals) return;
          const exchange = await user().command("form");
          const modal = await on.eventually(() => {
            expect(exchange.modal()).toBeDefined();
            return exchange.modal()!;
          });
          expect(modal.title).toBe("from the command");
          expect(modal.fields.map(({ id, label, value }) => [id, label, value ?? ""])).toEqual([
            ["short", "In a word", ""],
            ["long", "In full", "so far"],
          ]);
          const sent = await user().submit(modal, { short: "beam", long: "two\nlines" });
          const messages = await shown(sent, /answered r9: beam \/ two/);
          expect(words(messages)).toMatch(/two\s+lines/);
        },
      );

      behaviour("a command that may open a form can answer at once instead, in private", async () => {
        const exchange = await user().command("form", { all: "beam" });
        await whispered(exchange, "told at once: beam");
        expect(exchange.modal()).toBeUndefined();
      });

      behaviour("opens a form from a button", async () => {
        if (!capable().modals) return;
        const exchange = await user().press(await knock(), "Ask me");
        await on.eventually(() => expect(exchange.modal()?.title).toBe("from a button"));
      });
    });

    group("messages without a command", () => {
      const messenger = () => on.running.adapter.messenger;

      behaviour(
        "posts to a channel, changes the message, and shows the last of many quick changes",
        async () => {
          const message = await messenger().post(on.running.channel, textCard("9:00 review"));
          await on.eventually(() => expect(inChannel()).toContain("9:00 review"));
          const changes = Array.from({ length: 30 }, (_, i) =>
            messenger().update(message, textCard(`votes: ${i + 1}.`)),
          );
          await on.eventually(() => expect(inChannel()).toContain("votes: 30."));
          await on.eventually(() => undefined);
          await Promise.all(changes);
          expect(inChannel()).not.toContain("9:00 review");
        },
      );

      behaviour("posts once for one key", async () => {
        const post = () =>
          messenger().post(on.running.channel, textCard("posted for a key"), { dedupeKey: "tuesday" });
        const [one, two] = [await post(), await post()];
        expect(two).toEqual(one);
        await on.calm();
        expect(inChannel().match(/posted for a key/g)).toHaveLength(1);
      });

      behaviour("sends a direct message to one account", async () => {
        const anna = user();
        await shown(await anna.command("echo", { text: "hello" }), "hello");
        await messenger().direct(anna.account, textCard("your partner is Ben"));
        await on.eventually(() =>
          expect(words(on.running.directMessages(anna.account))).toContain("your partner is Ben"),
        );
        expect(inChannel()).not.toContain("your partner");
        expect(words(on.running.directMessages(user("ben").account))).not.toContain("your partner");
      });

      behaviour("opens a room for two in which commands work, or says that it has none", async () => {
        const [anna, ben] = [user(), user("ben")];
        await shown(await anna.command("echo", { text: "hello" }), "hello");
        await shown(await ben.command("echo", { text: "hello" }), "hello");
        on.restrict([on.running.channel, on.running.otherChannel]);
        const opening = messenger().openRoom(on.running.channel, [anna.account, ben.account], "Pair 1");
        if (capable().rooms === "none") {
          await expect(opening).rejects.toMatchObject({ name: "UserError", code: "rooms-unavailable" });
          return;
        }
        const room = await opening;
        await messenger().post(room, textCard("compare your answers"));
        await on.eventually(() =>
          expect(words(on.running.channelMessages(room))).toContain("compare your answers"),
        );
        expect(inChannel()).not.toContain("compare your answers");
        const exchange = await anna
          .command("echo", { text: "in our room" }, { channel: room })
          .catch((error: unknown) => error);
        // Slash commands don't work everywhere that people can talk; where they do, the course is found.
        if (!(exchange instanceof UserError)) await shown(exchange as Exchange, "in our room");
      });
    });

    group("a poll", () => {
      const open = async (options = {}) => {
        const question = "Which one samples?";
        await teacher().command("poll", { question, choices: "greedy|beam|top-p", ...options });
        return on.eventually(() => {
          const found = on.running
            .channelMessages(on.running.channel)
            .filter(({ buttons }) => buttons.some(({ label }) => label === "greedy"));
          expect(found).toHaveLength(1);
          return found[0]!;
        });
      };

      behaviour("is opened, voted on, closed and shown, and survives a restart in between", async () => {
        const message = await open();
        await whispered(await user("anna").press(message, "top-p"), "You voted top-p");
        await whispered(await user("ben").press(message, "beam"), "You voted beam");
        await whispered(await user("ben").press(message, "top-p"), "You changed your vote to top-p");
        await on.eventually(() => expect(inChannel()).toContain("2 votes so far"));
        await on.running.restart();
        await whispered(await user("cara").press(message, "greedy"), "You voted greedy");
        await whispered(await user("cara").press(message, "Close"), "teaching assistants");
        await teacher().press(message, "Close");
        await on.eventually(() => expect(inChannel()).toMatch(/Closed at 09:0\d\. 3 votes\./));
        await whispered(
          await user("dora").pressRaw(message, await vote(message, "c")),
          /closed at 09:0\d\. Your vote was not counted/,
        );
      });

      behaviour("counts one vote of a button that is pressed fifty times", async () => {
        const message = await open();
        const anna = user();
        const pressed = await Promise.all(Array.from({ length: 50 }, () => anna.press(message, "beam")));
        expect(Math.max(...pressed.map(({ ackedAfterMs }) => ackedAfterMs))).toBeLessThan(3_000);
        for (const exchange of pressed) await whispered(exchange, "You voted beam");
        await on.eventually(() => expect(inChannel()).toContain("1 vote so far"));
      });

      behaviour("closes once when two teachers close at the same time, and tells the other", async () => {
        const message = await open();
        const told = await Promise.all([
          teacher("roe").press(message, "Close"),
          teacher("doe").press(message, "Close"),
        ]);
        await on.eventually(() => {
          const texts = told.map((exchange) => words(exchange.privateMessages()));
          expect(
            texts.filter((text) => text.includes("closed at 09:0") && text.includes("already")),
          ).toHaveLength(1);
          expect(texts.filter((text) => text.includes("teacher's view"))).toHaveLength(1);
        });
      });

      behaviour("stands in two channels at once and shows the same in both", async () => {
        on.restrict([on.running.channel, on.running.otherChannel]);
        const message = await open({ everywhere: true });
        await user().press(message, "greedy");
        await teacher().press(message, "Close");
        for (const channel of [on.running.channel, on.running.otherChannel]) {
          await on.eventually(() =>
            expect(words(on.running.channelMessages(channel))).toMatch(/Closed at 09:0\d\. 1 vote\./),
          );
        }
      });

      /** The vote button's contents as the store knows them, for a press that the message no longer shows. */
      const vote = async (message: SeenMessage, value: string) => {
        const { pollRecords } = await import("../../src/bot/activities/poll/poll-record.ts");
        for await (const [, poll] of pollRecords(on.services().store).list("")) {
          if (poll.messages.some(({ id }) => id === message.ref.id)) {
            return { action: "poll.vote", record: poll.id, value };
          }
        }
        throw new Error("the message's poll was not found");
      };
    });

    group("unhappy paths", () => {
      behaviour(
        "keeps what was written when the handler fails, and says so with a number for the log",
        async () => {
          const exchange = await user().command("broken");
          const messages = await shown(exchange, "Interrupted");
          expect(words(messages)).toContain("written so far");
          expect(words(messages)).toMatch(/under [0-9a-f]{8}/);
          expect(words(messages)).not.toContain("a fault made for the test");
        },
      );

      behaviour("lets running replies finish at stop, and takes no new work meanwhile", async () => {
        const exchange = await user().command("half");
        await shown(exchange, "the first half");
        let done = false;
        const stopped = on.running.adapter.stop(10_000).then(() => {
          done = true;
        });
        void user("ben")
          .command("echo", { text: "too late" })
          .catch(() => undefined);
        await on.clock.advance(1_000);
        on.stage.gate.open();
        await on.eventually(() => {
          expect(words(exchange.messages())).toContain("the first half and the second");
          expect(done).toBe(true);
        });
        await stopped;
        expect(on.stage.begun).not.toContain("echo");
      });

      behaviour("marks replies as interrupted that do not finish within the grace at stop", async () => {
        on.stage.gate = gate();
        const exchange = await user().command("half");
        await shown(exchange, "the first half");
        let done = false;
        const stopped = on.running.adapter.stop(5_000).then(() => {
          done = true;
        });
        await on.eventually(() => {
          expect(words(exchange.messages())).toMatch(/interrupted/i);
          expect(done).toBe(true);
        });
        await stopped;
        expect(words(exchange.messages())).toContain("the first half");
        expect(on.stage.aborted).toEqual(["half"]);
      });
    });

    test("declares no exception for a behaviour that does not exist", () => {
      const declared = [...Object.keys(cannot), ...(mustFail ?? [])];
      expect(declared.filter((title) => !titles.has(title))).toEqual([]);
    });
  });
}

/** Without what platforms do to blanks: line ends and runs of blanks become one blank. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** How many direction marks of a line are still open at its end (Unicode bidirectional algorithm, BD9 and BD12). */
function openDirections(line: string): number {
  let embeddings = 0;
  let isolates = 0;
  for (const character of line) {
    if (/[\u202a\u202b\u202d\u202e]/.test(character)) embeddings++;
    else if (character === "\u202c") embeddings = Math.max(0, embeddings - 1);
    else if (/[\u2066-\u2068]/.test(character)) isolates++;
    else if (character === "\u2069") {
      // Closing an isolate closes the embeddings opened inside it.
      if (isolates > 0) embeddings = 0;
      isolates = Math.max(0, isolates - 1);
    }
  }
  return embeddings + isolates;
}
