import { expect, test } from "vitest";
import { suggest } from "../../src/bot/suggest.ts";

const WORDS = ["greedy", "beam", "top-k", "top-p", "nucleus"];

test.each([
  ["nucleous", "nucleus"],
  ["Greddy", "greedy"],
  ["baem", "beam"],
  ["topp", "top-p"],
  ["pot-k", "top-k"],
])("%s is suggested to be %s", (given, meant) => {
  expect(suggest(given, WORDS)).toBe(meant);
});

test.each(["", "x", "temperature", "greed-and-glory", "b"])("%j is near to none", (given) => {
  expect(suggest(given, WORDS)).toBeUndefined();
});

test("an exact word wins over one near to it", () => {
  expect(suggest("top-p", ["top-k", "top-p"])).toBe("top-p");
});
