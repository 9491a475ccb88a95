import * as fc from "fast-check";
import { expect, test } from "vitest";
import { closed } from "../../../src/adapters/web/browser/text.tsx";

const EMBEDDING = "\u202a\u202b\u202d\u202e";
const ISOLATE = "\u2066\u2067\u2068";

/** What is still open at the end, by the rules BD9 and BD12 of the Unicode bidirectional algorithm. */
function stillOpen(text: string): number {
  const stack: ("embedding" | "isolate")[] = [];
  for (const character of text) {
    if (EMBEDDING.includes(character)) stack.push("embedding");
    else if (ISOLATE.includes(character)) stack.push("isolate");
    else if (character === "\u202c") {
      if (stack.at(-1) === "embedding") stack.pop();
    } else if (character === "\u2069") {
      const opening = stack.lastIndexOf("isolate");
      if (opening >= 0) stack.length = opening;
    }
  }
  return stack.length;
}

test("every change of direction that a text begins is ended in it, whatever the text", () => {
  const marks = fc.constantFrom(...EMBEDDING, ...ISOLATE, "\u202c", "\u2069", "a", "ש", "\n");
  fc.assert(
    fc.property(fc.array(marks, { maxLength: 30 }), (characters) => {
      const text = characters.join("");
      for (const line of closed(text).split("\n")) expect(stillOpen(line)).toBe(0);
      expect(closed(text).replace(/[\u202c\u2069]/g, "")).toBe(text.replace(/[\u202c\u2069]/g, ""));
    }),
    { numRuns: 1000 },
  );
});

test("text without such marks stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      if (/[\u202a-\u202e\u2066-\u2069]/.test(text)) return;
      expect(closed(text)).toBe(text);
    }),
  );
});
