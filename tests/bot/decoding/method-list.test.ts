import { expect, test } from "vitest";
import { parseMethods } from "../../../src/bot/decoding/method-list.ts";

test("reads numbers after colons, usual values where none is given, and parts joined by +", () => {
  expect(
    parseMethods("greedy, beam:6 ,top-p,top-k:40+temperature:1.2, greedy+repetition-penalty:1.3"),
  ).toEqual([
    { label: "greedy", settings: { strategy: "greedy" } },
    { label: "beam:6", settings: { strategy: "beam", numBeams: 6 } },
    { label: "top-p", settings: { strategy: "sample", topP: 0.9 } },
    { label: "top-k:40+temperature:1.2", settings: { strategy: "sample", topK: 40, temperature: 1.2 } },
    { label: "greedy+repetition-penalty:1.3", settings: { strategy: "greedy", repetitionPenalty: 1.3 } },
  ]);
});

test("beams joined with a sampling cut are beam sampling", () => {
  expect(parseMethods("greedy,beam:3+top-p:0.9")[1]?.settings).toEqual({
    strategy: "beam-sample",
    numBeams: 3,
    topP: 0.9,
  });
});

test.each([
  ["greedy,nucleous:0.9", "method-unknown"],
  ["greedy,__proto__", "method-unknown"],
  ["greedy,constructor:2", "method-unknown"],
  ["greedy,top-p:much", "method-invalid"],
  ["greedy:3,sample", "method-invalid"],
  ["greedy,contrastive:0.6+beam:4", "method-invalid"],
  ["greedy,greedy", "methods-count"],
  ["greedy", "methods-count"],
])("refuses %s with %s", (text, code) => {
  expect(() => parseMethods(text)).toThrow(expect.objectContaining({ code }));
});

test("a misspelt method is answered with the nearest one", () => {
  expect(() => parseMethods("greedy,beem:4")).toThrow('There is no method "beem". Did you mean beam?');
});
