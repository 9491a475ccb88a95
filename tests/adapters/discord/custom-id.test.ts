import { expect, test } from "vitest";
import { readCustomId, writeCustomId } from "../../../src/adapters/discord/custom-id.ts";

test.each([
  { action: "poll.vote", record: "k3x9" },
  { action: "poll.vote", record: "k3x9", value: "a" },
  { action: "poll.vote", record: "k3x9", value: "a:b|c" },
  { action: "poll.vote", record: "k3x9", value: "" },
])("%j comes back as it was", (key) => {
  expect(readCustomId(writeCustomId(key))).toEqual(key);
});

test("a second component of one meaning gets another id that means the same", () => {
  const taken = new Set<string>();
  const key = { action: "poll.vote", record: "k3x9", value: "a" };
  const ids = [writeCustomId(key, taken), writeCustomId(key, taken), writeCustomId(key, taken)];
  expect(new Set(ids).size).toBe(3);
  expect(ids.map(readCustomId)).toEqual([key, key, key]);
});

test("an id over 100 characters is refused, not cut", () => {
  expect(() => writeCustomId({ action: "a", record: "r", value: "x".repeat(100) })).toThrow(
    "has 104 characters; Discord takes 100",
  );
});
