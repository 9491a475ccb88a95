import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { yamlValue } from "../../src/bot/yaml-value.ts";

const read = (text: string) => yamlValue(parseDocument(text, { logLevel: "error" }));

test("aliases that stand for something are filled in", () => {
  expect(read("a: &x [1, 2]\nb: *x")).toEqual({ value: { a: [1, 2], b: [1, 2] } });
});

test("aliases of aliases that would unfold to ten thousand million nodes are refused", () => {
  const levels = Array.from({ length: 10 }, (_, i) =>
    i === 0
      ? "l0: &l0 [x]"
      : `l${i}: &l${i} [${Array(10)
          .fill(`*l${i - 1}`)
          .join(", ")}]`,
  );
  expect(read(levels.join("\n"))).toEqual({ problem: expect.stringMatching(/alias/i) });
});

test("an alias without its anchor is refused", () => {
  expect(read("a: *nowhere")).toEqual({ problem: expect.stringContaining("nowhere") });
});

test("an alias inside what it names is refused", () => {
  expect(read("a: &x [1, *x]")).toEqual({ problem: "an alias stands inside what it names" });
});

test("a tag that asks for code gives text or nothing, never a function", () => {
  const plain = read("a: !!js/function 'function () { return 1 }'");
  expect("value" in plain && typeof (plain.value as { a: unknown }).a).toBe("string");
});
