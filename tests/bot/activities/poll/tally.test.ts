import { describe, expect, test } from "vitest";
import { choiceLetter, parseChoices } from "../../../../src/bot/activities/poll/choices.ts";
import { tally } from "../../../../src/bot/activities/poll/tally.ts";

const choices = parseChoices("greedy | beam | top-p");
const vote = (personId: string, choice: string, at = 0, guest = false) => ({
  personId,
  choices: [choice],
  at,
  guest,
});
const counts = (...args: Parameters<typeof tally>) => tally(...args).counts.map(({ count }) => count);

describe("tally", () => {
  test("counts people by choice, with their share", () => {
    const result = tally(choices, [vote("p1", "a"), vote("p2", "c"), vote("p3", "c"), vote("p4", "c")], true);
    expect(result.voters).toBe(4);
    expect(result.counts.map(({ choice, count, share }) => [choice.text, count, share])).toEqual([
      ["greedy", 1, 0.25],
      ["beam", 0, 0],
      ["top-p", 3, 0.75],
    ]);
  });

  test("has shares of 0, not NaN, before the first vote", () => {
    expect(tally(choices, [], true).counts.map(({ share }) => share)).toEqual([0, 0, 0]);
  });

  test("counts a person with two votes once, by the later one, whatever the order they are read in", () => {
    const votes = [vote("p1", "a", 5), vote("p1", "b", 7)];
    expect(counts(choices, votes, true)).toEqual([0, 1, 0]);
    expect(counts(choices, votes.toReversed(), true)).toEqual([0, 1, 0]);
  });

  test("leaves guests out where they may not vote, and says how many", () => {
    const votes = [vote("p1", "a"), vote("g1", "a", 0, true), vote("g2", "b", 0, true)];
    expect(tally(choices, votes, false)).toMatchObject({ voters: 1, guestsLeftOut: 2 });
    expect(tally(choices, votes, true)).toMatchObject({ voters: 3, guestsLeftOut: 0 });
  });

  test("counts every choice of a vote that has several, and its voter once", () => {
    const both = { personId: "p1", choices: ["a", "b"], at: 0, guest: false };
    expect(tally(choices, [both], true)).toMatchObject({ voters: 1 });
    expect(counts(choices, [both], true)).toEqual([1, 1, 0]);
  });
});

describe("choices", () => {
  test("are split at |, trimmed, and lettered in order", () => {
    expect(choices).toEqual([
      { id: "a", text: "greedy" },
      { id: "b", text: "beam" },
      { id: "c", text: "top-p" },
    ]);
    expect(choices.map(choiceLetter)).toEqual(["A", "B", "C"]);
  });

  test.each([
    ["yes", "choices has one choice; a poll takes 2 to 20"],
    [Array.from({ length: 21 }, (_, i) => i).join("|"), "choices has 21 choices; a poll takes 2 to 20"],
    ["yes||no", "Choice 2 is empty"],
    ["yes|no|", "Choice 3 is empty"],
    ["Yes | no | yes", 'Choices 1 and 3 are both "yes"'],
    [`yes|${"n".repeat(301)}`, "Choice 2 has 301 characters; at most 300"],
  ])("refuse %j", (typed, message) => {
    expect(() => parseChoices(typed)).toThrow(
      expect.objectContaining({ code: "choices-invalid", message: expect.stringContaining(message) }),
    );
  });

  test("may be 20, the last one with the id t", () => {
    expect(parseChoices(Array.from({ length: 20 }, (_, i) => i).join("|")).at(-1)?.id).toBe("t");
  });
});
