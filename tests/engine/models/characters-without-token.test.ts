import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { charactersWithoutToken } from "../../../src/engine/models/characters-without-token.ts";
import type { DecoderFacts } from "../../../src/engine/models/decoder-config.ts";
import { readTokenizer } from "../../../src/engine/models/text-tokenizer.ts";
import { createPromptEncoder } from "../../../src/engine/runtime/prompt-encoder.ts";

const directory = fileURLToPath(new URL("../../../models/smollm2-135m-instruct", import.meta.url));
const tokenizer = readTokenizer(`${directory}/tokenizer.json`);

it("finds nothing in the writing of many languages", () => {
  expect(charactersWithoutToken("Ça va? Привет, 日本語, हिन्दी, עברית, 👩‍🏫\n\t“–”", tokenizer)).toEqual([]);
});

it("finds a control character and one above U+3FFFF, once each", () => {
  // The vocabulary has no token for the bytes 13 and F1.
  expect(charactersWithoutToken("a\u0013b\u0013\u{40000}", tokenizer)).toEqual(["\u0013", "\u{40000}"]);
});

it("is said of a prompt in both modes, and not of an ordinary one", () => {
  const config = { bosTokenId: 1, eosTokenIds: [2] } as unknown as DecoderFacts;
  const encode = createPromptEncoder(
    config,
    tokenizer,
    readFileSync(`${directory}/chat_template.jinja`, "utf8"),
  );
  for (const mode of ["continuation", "chat"] as const) {
    expect(encode({ prompt: "a\u0013b", mode }).warnings).toEqual([
      "The vocabulary has no token for U+0013 of the prompt; the model does not see them.",
    ]);
    expect(encode({ prompt: "The nice woman", mode }).warnings).toEqual([]);
  }
});
