import { expect, it } from "vitest";
import { createEventChannel } from "../../../src/engine/runtime/event-channel.ts";

it("gives all events in order, also those that came before the reader", async () => {
  const channel = createEventChannel<number>(() => false);
  channel.push(1);
  channel.push(2);
  const reading = Array.fromAsync(channel.read());
  await Promise.resolve();
  channel.push(3);
  channel.end();
  expect(await reading).toEqual([1, 2, 3]);
});

it("throws the error only after what came before it", async () => {
  const channel = createEventChannel<number>(() => false);
  channel.push(1);
  channel.end({ error: new Error("gone") });
  const reader = channel.read();
  expect(await reader.next()).toEqual({ value: 1, done: false });
  await expect(reader.next()).rejects.toThrow("gone");
});

it("drops an unread event that the next one replaces, so that a slow reader sees the latest", async () => {
  const channel = createEventChannel<string>((newer, older) => newer[0] === "s" && older[0] === "s");
  for (const event of ["s1", "s2", "t", "s3", "s4"]) channel.push(event);
  channel.end();
  expect(await Array.fromAsync(channel.read())).toEqual(["s2", "t", "s4"]);
});
