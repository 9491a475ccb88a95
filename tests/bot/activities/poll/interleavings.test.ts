import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resumePolls } from "../../../../src/bot/activities/poll/close-poll.ts";
import { pollActions } from "../../../../src/bot/activities/poll/poll-actions.ts";
import { getPoll } from "../../../../src/bot/activities/poll/voting.ts";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import { poll } from "../../../../src/bot/commands/poll.ts";
import { createStore } from "../../../../src/bot/store/keyv-store.ts";
import { openSqliteBackend } from "../../../../src/bot/store/sqlite-backend.ts";
import { type BotRig, botRig, cardText, type Outcome } from "../../bot-rig.ts";
import { scheduled } from "../scheduled-backend.ts";

const PEOPLE = ["anna", "ben", "cara", "dora"];
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("vote" as const),
      who: fc.constantFrom(...PEOPLE),
      choice: fc.constantFrom("a", "b", "c"),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "close" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "reopen" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "reveal" as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
/** Steps of one wave run at the same time; after a wave the process may be restarted. */
const wave = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), restart: fc.boolean() });

describe("a poll under any interleaving of votes, closings, reopenings and restarts", () => {
  test("loses, doubles and invents no acknowledged vote, and shows what is stored", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(wave, { minLength: 1, maxLength: 4 }), async (s, waves) => {
        const store = createStore(scheduled(openSqliteBackend(":memory:"), s));
        let bot = botRig({ commands: [poll], actions: pollActions, store });
        const through = async <T>(work: Promise<T>): Promise<T> => {
          await s.waitFor(work);
          // Updates of messages go on after the acknowledgement, some of them a pace later.
          for (let i = 0; i < 2; i++) {
            await s.waitIdle();
            await bot.clock.advance(PACE_MS);
          }
          await s.waitIdle();
          return work;
        };
        await through(
          bot.as("teacher", "discord", "teacher").command("poll", { question: "q", choices: "x|y|z" }),
        );
        const row = bot.posts[0]!.card.actions![0]!;
        const id = "buttons" in row ? row.buttons[0]!.record : "";
        /** What each person may have as their vote by now; one, unless their own presses raced. */
        const possible = new Map<string, Set<string>>();
        let frozen: string | undefined;

        for (const { steps, restart } of waves) {
          const wasClosed = frozen !== undefined;
          const told = await through(Promise.all(steps.map((each) => run(bot, id, each))));
          const now = await through(getPoll(store, "nlp", id));
          const closings = told.filter((outcome, i) => steps[i]!.do === "close" && !outcome.code).length;
          const reopenings = told.filter((outcome, i) => steps[i]!.do === "reopen" && !outcome.code).length;
          // Each closing that was not refused really closed an open poll.
          expect(closings - reopenings).toBe((now.state === "closed" ? 1 : 0) - (wasClosed ? 1 : 0));

          for (const who of PEOPLE) {
            const acknowledged = steps.flatMap((each, i) =>
              each.do === "vote" && each.who === who && !told[i]!.code ? [each.choice] : [],
            );
            if (acknowledged.length) possible.set(who, new Set(acknowledged));
          }
          for (const [i, each] of steps.entries()) {
            if (each.do !== "vote") continue;
            if (told[i]!.code) expect(told[i]!.code).toBe("poll-closed");
            if (wasClosed && !steps.some((other) => other.do === "reopen"))
              expect(told[i]!.code).toBe("poll-closed");
          }

          const stored = await through(votes(bot, id));
          expect([...stored.keys()].toSorted()).toEqual([...possible.keys()].toSorted());
          for (const [who, choice] of stored) expect(possible.get(who)).toContain(choice);
          // What the closing told its teacher is final: no vote slips in behind the count.
          if (closings === 1 && !steps.some((each) => each.do === "reopen")) {
            const closing = told.find((outcome, i) => steps[i]!.do === "close" && !outcome.code)!;
            expect(closing.text).toContain(`Closed at 11:00. ${stored.size} vote`);
          }
          if (wasClosed && now.state === "closed" && reopenings === 0) expect(signature(stored)).toBe(frozen);
          frozen = now.state === "closed" ? signature(stored) : undefined;

          if (restart) {
            bot = bot.restart();
            await through(resumePolls(bot.services));
          }
          const shown = cardText(bot.posts[0]!.card);
          expect(shown).toContain(stored.size === 1 ? "1 vote" : `${stored.size} votes`);
          expect(shown.includes("Closed at")).toBe(now.state === "closed");
          if (now.state === "closed") {
            for (const [letter, label] of [
              ["a", "x"],
              ["b", "y"],
              ["c", "z"],
            ] as const) {
              const count = [...stored.values()].filter((choice) => choice === letter).length;
              expect(shown).toContain(`${label}: ${count}`);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

function run(bot: BotRig, id: string, each: Step): Promise<Outcome> {
  if (each.do === "vote") return bot.as(each.who).press("poll.vote", id, each.choice);
  return bot.as("teacher", "discord", "teacher").press(`poll.${each.do}`, id);
}

/** The stored votes, by account, read past the code under test. */
async function votes(bot: BotRig, id: string): Promise<Map<string, string>> {
  const { z } = await import("zod");
  const shape = z.object({ choices: z.array(z.string()), at: z.number() });
  const found = new Map<string, string>();
  for await (const [key, vote] of bot.services.store.namespace("poll-vote", shape).list(`nlp/${id}/1/`)) {
    const entry = await bot.services.roster.entry("nlp", key.split("/").at(-1)!);
    found.set(entry!.accounts[0]!.id, vote.choices.join());
  }
  return found;
}

function signature(votes: ReadonlyMap<string, string>): string {
  return JSON.stringify([...votes].toSorted());
}
