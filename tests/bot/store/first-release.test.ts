/**
 * Records as version 0.1.0 wrote them: up to three of each kind from a class's whole hour (tests/e2e/class-hour.ts on a
 * SQLite store, dumped as they lay in the database). A change of a shape must bring a migration that these pass.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradeRecords } from "../../../src/bot/activities/grading/grade-record.ts";
import { pairShareRecords } from "../../../src/bot/activities/pair-share/pair-share-record.ts";
import { clusterRecords } from "../../../src/bot/activities/pair-share/share-clusters.ts";
import { pollRecords, voteRecords } from "../../../src/bot/activities/poll/poll-record.ts";
import { quizRecords } from "../../../src/bot/activities/quiz/quiz-record.ts";
import { voteNextRecords } from "../../../src/bot/activities/vote-next/vote-next-record.ts";
import { peopleRecords } from "../../../src/bot/people/people-records.ts";
import { createStore } from "../../../src/bot/store/keyv-store.ts";
import { openSqliteBackend } from "../../../src/bot/store/sqlite-backend.ts";
import type { Namespace, Store } from "../../../src/bot/store/store.ts";

const file = new URL("../../fixtures/store/first-release.json", import.meta.url);
const written = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
const KINDS: Readonly<Record<string, (store: Store) => Namespace<unknown>>> = {
  account: (store) => peopleRecords(store).accounts as Namespace<unknown>,
  person: (store) => peopleRecords(store).people as Namespace<unknown>,
  poll: (store) => pollRecords(store) as Namespace<unknown>,
  "poll-vote": (store) => voteRecords(store) as Namespace<unknown>,
  "poll-grade": (store) => gradeRecords(store) as Namespace<unknown>,
  quiz: (store) => quizRecords(store) as Namespace<unknown>,
  "pair-share": (store) => pairShareRecords(store) as Namespace<unknown>,
  "share-clusters": (store) => clusterRecords(store) as Namespace<unknown>,
  "vote-next": (store) => voteNextRecords(store) as Namespace<unknown>,
};

test("every kind that the first release wrote in a class hour is looked at", () => {
  expect([...new Set(written.map(([key]) => key.split(":")[0]))].toSorted()).toEqual(
    Object.keys(KINDS).toSorted(),
  );
});

describe.each(Object.keys(KINDS))("%s records of the first release", (kind) => {
  test("are read today, and written again as they are read", async () => {
    const backend = openSqliteBackend(":memory:");
    await backend.commit(
      [],
      written.map(([key, text]) => ({ key, text })),
    );
    const store = createStore(backend);
    const records = KINDS[kind]!(store);
    let count = 0;
    for await (const [key, value] of records.list("")) {
      count++;
      await records.set(key, value);
      expect(await records.get(key)).toEqual(value);
    }
    expect(count).toBe(written.filter(([key]) => key.startsWith(`${kind}:`)).length);
    expect(count).toBeGreaterThan(0);
    await store.close();
  });
});
