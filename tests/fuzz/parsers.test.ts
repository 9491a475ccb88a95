import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cardRenderers } from "./card-renderers.ts";
import { courseFiles } from "./course-files.ts";
import { LONG_TEXTS } from "./hostile-text.ts";
import { tryOut } from "./target.ts";
import { textParsers } from "./text-parsers.ts";

const CASES = 1_000;

describe(`reads ${CASES} hostile inputs, or refuses them with a sentence`, () => {
  test.each([...textParsers, ...courseFiles])("$name", async (target) => {
    await fc.assert(
      fc.asyncProperty(target.input, (input) => tryOut(target, input)),
      { numRuns: CASES },
    );
  });
  test.each(cardRenderers)("$name", async (target) => {
    await fc.assert(
      fc.asyncProperty(target.input, (card) => tryOut(target, card)),
      { numRuns: CASES },
    );
  });
});

describe("comes to an end with long inputs made for regular expressions that blow up", () => {
  test.each([...textParsers, ...courseFiles])("$name", { timeout: 30_000 }, async (target) => {
    for (const text of LONG_TEXTS) await tryOut(target, text);
  });
});

test("a parser that fails is found: the same harness over one that can't read a quotation mark", async () => {
  const broken = {
    name: "broken",
    source: "",
    input: fc.string(),
    run: (text: string) => {
      if (text.includes('"')) throw new TypeError("unexpected");
    },
  };
  await expect(
    fc.assert(
      fc.asyncProperty(broken.input, (text) => tryOut(broken, text)),
      { numRuns: CASES },
    ),
  ).rejects.toMatchObject({ cause: { message: "unexpected" } });
});
