import { get } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Operation } from "../../../src/adapters/web/operation.ts";
import { show } from "./trial-commands.ts";
import { type OpenClassroom, openWebClassroom } from "./web-classroom.ts";

const TOKEN = "planted-metrics-token-of-a-test";
let reason: string | undefined;
const operation: Operation = {
  notReady: async () => reason,
  metrics: { text: async () => "cloze_requests_total 7\n", contentType: "text/plain; version=0.0.4" },
  metricsToken: TOKEN,
};
let room: OpenClassroom;
beforeAll(async () => {
  room = await openWebClassroom({ commands: [show], settings: { operation } });
});
afterAll(() => room.stop());

const ask = (path: string, headers: Record<string, string> = {}) => fetch(room.url + path, { headers });

test("/healthz answers without a session, and tells nothing but that", async () => {
  const answer = await ask("/healthz");
  expect([answer.status, await answer.text()]).toEqual([200, "ok\n"]);
});

test("/readyz answers 503 with the reason until all is well", async () => {
  reason = "The model is still being loaded.";
  const early = await ask("/readyz");
  expect([early.status, await early.text()]).toEqual([503, "The model is still being loaded.\n"]);
  reason = undefined;
  const late = await ask("/readyz");
  expect([late.status, await late.text()]).toEqual([200, "ready\n"]);
});

test("/metrics is given to this machine", async () => {
  const answer = await ask("/metrics");
  expect([answer.status, await answer.text()]).toEqual([200, "cloze_requests_total 7\n"]);
});

test.each(["x-forwarded-for", "forwarded", "x-real-ip", "via"])(
  "/metrics is refused to who comes through a reverse proxy (%s), even one on this machine",
  async (header) => {
    const answer = await ask("/metrics", { [header]: "203.0.113.7" });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("CLOZE_METRICS_TOKEN");
  },
);

test("/metrics takes the token from anywhere, and no other", async () => {
  const far = { "x-forwarded-for": "203.0.113.7" };
  expect((await ask("/metrics", { ...far, authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  expect((await ask("/metrics", { ...far, authorization: `Bearer ${TOKEN}x` })).status).toBe(403);
  // A wrong token is wrong on this machine as well: a scraper that is set up wrongly must find out.
  expect((await ask("/metrics", { authorization: "Bearer wrong" })).status).toBe(403);
});

/** fetch would tidy the path before it is sent. */
function raw(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(room.url, { path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on("error", reject);
  });
}

test.each([
  "/assets/../../../package.json",
  "/assets/..%2f..%2f..%2fpackage.json",
  "/assets/%2e%2e/%2e%2e/package.json",
  "/assets//etc/passwd",
  "/assets/..\\\\..\\\\package.json",
  "/../package.json",
  "/.env",
  "/data/cloze.db",
])("no path leads out of what is served: %s", async (path) => {
  expect([400, 401, 404]).toContain(await raw(path));
});
