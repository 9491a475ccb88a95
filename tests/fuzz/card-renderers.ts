import fc from "fast-check";
import { renderCard as renderForTerminal } from "../../src/adapters/cli/render-card.ts";
import { payloadOf } from "../../src/adapters/discord/payload.ts";
import { renderCard as renderForDiscord } from "../../src/adapters/discord/render-card.ts";
import { renderCard as renderForSlack } from "../../src/adapters/slack/pages.ts";
import type { Block, Card, Inline } from "../../src/bot/cards/card.ts";
import { hideListedWords } from "../../src/bot/word-list/hide-listed-words.ts";
import { checkBlocks } from "../fakes/slack/blocks/layout.ts";
import { hostileText } from "./hostile-text.ts";
import type { Target } from "./target.ts";

const long = fc.tuple(hostileText, fc.nat({ max: 60 })).map(([piece, times]) => piece.repeat(times));
const words = fc.oneof({ weight: 6, arbitrary: hostileText }, { weight: 1, arbitrary: long });
const inline: fc.Arbitrary<Inline> = fc.oneof(
  words,
  words.map((bold) => ({ bold })),
  words.map((italic) => ({ italic })),
  words.map((strike) => ({ strike })),
  words.map((code) => ({ code })),
  words.map((person) => ({ person })),
  words.map((label) => ({ link: "https://example.org", label })),
);
const text = fc.oneof(words, fc.array(inline, { maxLength: 4 }));
const block: fc.Arbitrary<Block> = fc.oneof(
  text.map((own): Block => ({ type: "text", text: own })),
  text.map((own): Block => ({ type: "quote", text: own })),
  fc.array(text, { maxLength: 4 }).map((items): Block => ({ type: "list", items })),
  words.map((code): Block => ({ type: "code", code })),
  fc
    .array(fc.record({ name: words, value: text }), { maxLength: 3 })
    .map((fields): Block => ({ type: "fields", fields })),
  fc
    .array(fc.tuple(words, words), { maxLength: 5 })
    .map((rows): Block => ({ type: "table", columns: [{ name: "a" }, { name: "b", align: "right" }], rows })),
  fc
    .array(fc.record({ label: words, value: fc.nat(50), note: words }), { minLength: 1, maxLength: 4 })
    .map((bars): Block => ({ type: "bars", unit: "count", bars })),
  fc.constant<Block>({ type: "divider" }),
);
const button = fc.record({ label: words, action: fc.constant("a.b"), record: fc.constant("r1") });
const card: fc.Arbitrary<Card> = fc.record(
  {
    title: words,
    blocks: fc.array(block, { maxLength: 6 }),
    actions: fc.array(
      fc.array(button, { minLength: 1, maxLength: 5 }).map((buttons) => ({ buttons })),
      { maxLength: 3 },
    ),
    footer: text,
  },
  { requiredKeys: ["blocks"] },
);

/** Cards as each platform's payload, within its limits. */
export const cardRenderers: readonly Target<Card>[] = [
  {
    name: "a card as Discord's payload",
    source: "src/adapters/discord/render-card.ts",
    input: card,
    run: (one) => {
      for (const page of renderForDiscord(one)) {
        const { content = "", allowedMentions } = payloadOf(page);
        if (content.length > 2_000) throw new Error(`${content.length} characters`);
        if (allowedMentions?.parse?.length !== 0) throw new Error("mentions are not switched off");
      }
    },
  },
  {
    name: "a card as Slack's blocks",
    source: "src/adapters/slack/render-card.ts",
    input: card,
    run: (one) => {
      for (const { blocks } of renderForSlack(one).pages) {
        const [problem] = checkBlocks(blocks, "/blocks", "message");
        if (problem) throw new Error(`${problem.pointer}: ${problem.message}`);
      }
    },
  },
  {
    name: "a card on the terminal",
    source: "src/adapters/cli/render-card.ts",
    input: card,
    run: (one) => {
      const text = renderForTerminal(one, { width: 80, styled: false });
      // Line breaks and tabs may stand there; nothing else that a terminal obeys.
      if (/\p{Cc}/u.test(text.replace(/[\n\t]/g, ""))) {
        throw new Error("a control character reaches the terminal");
      }
    },
  },
  {
    name: "a card under the word list",
    source: "src/bot/word-list/hide-listed-words.ts",
    input: card,
    run: (one) => {
      const once = hideListedWords(one);
      if (once.blocks.length !== one.blocks.length) throw new Error("a block is lost");
    },
  },
];
