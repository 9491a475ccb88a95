import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, createTrialActions, fail, pair, show, whisper } from "./trial-commands.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";

let room: OpenClassroom;
beforeAll(async () => {
  room = await openWebClassroom({
    commands: [show, whisper, fail, pair, ask],
    actions: createTrialActions().actions,
  });
});
afterAll(() => room.stop());

/** Members enough that nobody meets the limit on haste. */
async function cookies(count: number): Promise<string[]> {
  const key = new URL(room.studentLink).hash.slice(1);
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const response = await fetch(`${room.url}/api/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: room.url },
        body: JSON.stringify({ key, name: `F${i}` }),
      });
      return response.headers.getSetCookie()[0]!.split(";", 1)[0]!;
    }),
  );
}

const word = fc.oneof(
  fc.constantFrom(
    "general",
    "trial.vote",
    "show",
    "whisper",
    "p1",
    "__proto__",
    "constructor",
    "../x",
    "000000000001",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const field = fc.constantFrom(
  "request",
  "channel",
  "text",
  "command",
  "options",
  "action",
  "record",
  "value",
  "values",
  "fields",
  "message",
  "option",
  "typed",
  "key",
  "name",
);
const value = fc.oneof(
  word,
  fc.integer(),
  fc.constant(null),
  fc.array(word, { maxLength: 3 }),
  fc.dictionary(word, word, { maxKeys: 3 }),
  fc.constantFrom("/show", '/whisper text:"', "/pair with partner:@", "//", "/ask", "/fail user"),
);
const body = fc.dictionary(field, value, { maxKeys: 9 });
const path = fc.constantFrom(
  "/api/messages",
  "/api/commands",
  "/api/actions",
  "/api/suggestions",
  "/api/messages/000000000001/stop",
  "/api/messages/x/dismiss",
);

test("whatever a browser sends, the answer is a result or a refusal with a sentence, never a fault", {
  timeout: 240_000,
}, async () => {
  const members = await cookies(12);
  let n = 0;
  await fc.assert(
    fc.asyncProperty(path, body, async (where, sent) => {
      n += 1;
      const response = await fetch(room.url + where, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          origin: room.url,
          cookie: members[n % members.length]!,
        },
        body: JSON.stringify({ request: `r${n}`, channel: "general", ...sent }),
      });
      const answer = (await response.json()) as { error?: { message: string } };
      expect(response.status).toBeLessThan(500);
      if (!response.ok) expect(answer.error?.message).toMatch(/\.$/);
    }),
    { numRuns: 1000 },
  );
});
