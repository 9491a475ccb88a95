import { expect, test } from "vitest";
import { type Card, textCard } from "../../../src/bot/cards/card.ts";
import { compare } from "../../../src/bot/commands/compare.ts";
import { generate } from "../../../src/bot/commands/generate.ts";
import { defineCommand } from "../../../src/bot/commands/spec.ts";
import { hideListedWords } from "../../../src/bot/word-list/hide-listed-words.ts";
import type { Engine, GenerateRequest, GenerationEvent } from "../../../src/engine/engine.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import { botRig, COURSE, cardText } from "../bot-rig.ts";

/** Writes one text whatever it is asked, and keeps what it was asked. */
function wordyEngine(text: string) {
  const asked: GenerateRequest[] = [];
  async function* events(request: GenerateRequest): AsyncGenerator<GenerationEvent> {
    asked.push(request);
    const { settings } = resolveSettings(request.settings);
    yield { type: "generation-start", model: "m", promptIds: [1], settings, seed: 1, warnings: [] };
    yield { type: "token-delta", tokenId: 2, text, logProb: -1 };
    const output = { text, tokenIds: [2], tokenLogProbs: [-1], logProb: -1, finishReason: "eos" } as const;
    const timing = { queueMs: 0, prefillMs: 0, decodeMs: 1, tokensPerSecond: 1 };
    yield { type: "generation-end", outputs: [output], timing };
  }
  const engine = {
    models: () => [{ id: "m", name: "M", family: "decoder-only", parameters: 1e6 }],
    generate: events,
    describeTokens: async (_: string, ids: readonly number[]) => ids.map((id) => ({ id, text })),
  } as unknown as Engine;
  return { engine, asked };
}

const commands = [generate, compare];
const OFF = [{ ...COURSE, wordList: false }] as const;

test("every generation of a student runs with the word list, and the reply's settings say so", async () => {
  const { engine, asked } = wordyEngine(" fine");
  const rig = botRig({ commands, engine });
  const done = await rig.as("anna").command("generate", { prompt: "A" });
  expect(asked.map(({ settings }) => settings.wordList)).toEqual(["classroom"]);
  expect(done.text).toContain("word-list classroom");
  expect(done.replies.at(-1)).toMatchObject({ data: { settings: { wordList: "classroom" } } });
  await rig.as("ben").command("compare", { prompt: "A", methods: "greedy,beam:2" });
  expect(asked.map(({ settings }) => settings.wordList)).toEqual(["classroom", "classroom", "classroom"]);
});

test("what slips through is blacked out in every state of the reply, and the reply says how many", async () => {
  const { engine } = wordyEngine(" sh1t happens");
  const done = await botRig({ commands, engine }).as("anna").command("generate", { prompt: "A" });
  const shown = done.replies.map((reply) => ("card" in reply ? cardText(reply.card) : ""));
  expect(shown.length).toBeGreaterThan(1);
  expect(shown.join("\n")).not.toContain("sh1t");
  expect(done.text).toContain("████ happens");
  expect(done.text).toContain("1 word is hidden by the course's word list.");
});

test("a teacher switches it off for one reply; a student can't, and is told who can", async () => {
  const { engine, asked } = wordyEngine(" sh1t happens");
  const rig = botRig({ commands, engine });
  const options = { prompt: "A", "word-list": "off" };
  const refused = await rig.as("anna").command("generate", options);
  expect(refused.code).toBe("word-list-teacher");
  expect(asked).toEqual([]);
  const done = await rig.as("thea", "discord", "teacher").command("generate", options);
  expect(done.text).toContain("sh1t happens");
  expect(asked.map(({ settings }) => settings.wordList)).toEqual(["off"]);
});

test("a course whose teacher has switched it off decodes without it and hides nothing", async () => {
  const { engine, asked } = wordyEngine(" sh1t happens");
  const done = await botRig({ commands, engine, courses: OFF })
    .as("anna")
    .command("generate", { prompt: "A" });
  expect(done.text).toContain("sh1t happens");
  expect(asked.map(({ settings }) => settings.wordList)).toEqual([undefined]);
});

test("a student's words in a posted or edited message are blacked out as well, not in a course without the list", async () => {
  const echo = defineCommand({
    name: "echo",
    description: "Posts",
    options: { text: { type: "string", main: true, required: true, description: "What" } },
    examples: ["/echo hi"],
    ack: "instant",
    visibility: "channel",
    async *run({ options, place, person }, { messenger }) {
      const posted = await messenger.post(place.channel, textCard(options.text));
      await messenger.update(posted, textCard(`again ${options.text}`));
      await messenger.direct(person.account, textCard(options.text));
      yield { kind: "private", card: textCard("done") };
    },
  });
  const rig = botRig({ commands: [echo] });
  await rig.as("anna").command("echo", { text: "you bitch" });
  expect(rig.posts.map(({ card }) => cardText(card).split("\n")[0])).toEqual([
    "again you █████",
    "you █████",
  ]);
  const free = botRig({ commands: [echo], courses: OFF });
  await free.as("anna").command("echo", { text: "you bitch" });
  expect(free.posts.map(({ card }) => cardText(card))).toEqual(["again you bitch", "you bitch"]);
});

test("buttons keep what they do, links and files keep their addresses, clean cards stay the same object", () => {
  const clean: Card = { title: "Fine", blocks: [{ type: "text", text: ["a", { bold: "b" }] }], footer: "c" };
  expect(hideListedWords(clean)).toBe(clean);
  const bytes = new Uint8Array([1, 2]);
  const card: Card = {
    title: "shit",
    blocks: [
      { type: "text", text: [{ link: "https://x.org/shit", label: "shit" }] },
      { type: "file", fileName: "shit.txt", mediaType: "text/plain", bytes },
      { type: "bars", unit: "count", bars: [{ label: "shit", value: 2 }] },
    ],
    actions: [{ buttons: [{ label: "shit", action: "shit", record: "shit", value: "shit" }] }],
  };
  expect(hideListedWords(card)).toEqual({
    title: "████",
    blocks: [
      { type: "text", text: [{ link: "https://x.org/shit", label: "████" }] },
      { type: "file", fileName: "shit.txt", mediaType: "text/plain", bytes },
      { type: "bars", unit: "count", bars: [{ label: "████", value: 2 }] },
    ],
    actions: [{ buttons: [{ label: "████", action: "shit", record: "shit", value: "shit" }] }],
    footer: "4 words are hidden by the course's word list.",
  });
});
