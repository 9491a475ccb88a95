import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PairShareRecord } from "../../../../src/bot/activities/pair-share/pair-share-record.ts";
import { pairShareRecords } from "../../../../src/bot/activities/pair-share/pair-share-record.ts";
import { voteRecords } from "../../../../src/bot/activities/poll/poll-record.ts";
import { resumeActivities } from "../../../../src/bot/activities/resume.ts";
import { PACE_MS } from "../../../../src/bot/activities/show-paced.ts";
import { allActions, allCommands } from "../../../../src/bot/commands/all-commands.ts";
import { createStore } from "../../../../src/bot/store/keyv-store.ts";
import { openSqliteBackend } from "../../../../src/bot/store/sqlite-backend.ts";
import { type BotRig, botRig, COURSE, cardText, type Outcome } from "../../bot-rig.ts";
import { newest } from "../press.ts";
import { scheduled } from "../scheduled-backend.ts";

const PEOPLE = ["anna", "ben", "cara", "dora", "emil"];
const who = fc.constantFrom(...PEOPLE);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("vote" as const), who, choice: fc.constantFrom("a", "b", "c") }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("mine", "absent", "out"), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("next", "more") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
/** Steps of one wave run at the same time; after it the process may be restarted. */
const wave = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), restart: fc.boolean() });

test("votes, phases, late comers, absent partners and restarts in any order lose, double and invent no acknowledged vote, and keep everybody in one group", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(wave, { minLength: 2, maxLength: 5 }), async (s, waves) => {
      const store = createStore(scheduled(openSqliteBackend(":memory:"), s));
      const courses = [{ ...COURSE, limits: { perPersonPerMinute: 100, perChannelPerMinute: 100 } }] as const;
      let bot = botRig({ commands: allCommands, actions: allActions, store, courses });
      const through = async <T>(work: Promise<T>): Promise<T> => {
        await s.waitFor(work);
        for (let i = 0; i < 3; i++) {
          await s.waitIdle();
          await bot.clock.advance(PACE_MS);
        }
        await s.waitIdle();
        return work;
      };
      const options = { question: "q", choices: "x|y|z", think: 0, pair: 0, revote: 0 };
      const opened = await through(
        bot.as("teacher", "discord", "teacher").command("think-pair-share", options),
      );
      const { data } = opened.replies.at(-1) as { readonly data?: { readonly pairShare: string } };
      const id = data!.pairShare;
      let share = await through(recordOf(bot, id));
      let kept = [new Map<string, string>(), new Map<string, string>()];

      for (const { steps, restart } of waves) {
        const before = share;
        const told = await through(Promise.all(steps.map((each) => run(bot, id, before, each))));
        share = await through(recordOf(bot, id));
        const now = [await through(votes(bot, id, 1)), await through(votes(bot, id, 2))];

        const done = (what: string) => told.filter(({ code }, i) => steps[i]!.do === what && !code).length;
        const moved = share.phases.indexOf(share.phase) - share.phases.indexOf(before.phase);
        // All of a wave saw the same phase, so at most one of them moves on.
        expect(done("next") + done("end")).toBe(moved === 0 ? 0 : 1);
        if (done("next")) expect(moved).toBe(1);
        if (done("end")) expect(share.phase).toBe("share");

        for (const name of PEOPLE) {
          const acknowledged = steps.flatMap((each, i) =>
            each.do === "vote" && "choice" in each && each.who === name && !told[i]!.code
              ? [each.choice]
              : [],
          );
          const current = now.map((round) => round.get(name));
          const earlier = kept.map((round) => round.get(name));
          if (acknowledged.length === 0) expect(current).toEqual(earlier);
          // Several presses of one person race with each other: any of them may be the last.
          else expect(acknowledged.some((choice) => current.includes(choice))).toBe(true);
          for (const [round, choice] of current.entries()) {
            if (choice !== earlier[round]) expect(acknowledged).toContain(choice);
          }
        }
        for (const [i, each] of steps.entries()) {
          if (each.do === "vote" && told[i]!.code) expect(told[i]!.code).toBe("poll-closed");
        }
        // What was answered before people talked is final.
        if (before.phase !== "think") expect(now[0]).toEqual(kept[0]);
        if (before.phase === "share") expect(now[1]).toEqual(kept[1]);
        kept = now;

        const grouped = (share.groups ?? []).flat();
        expect(new Set(grouped).size).toBe(grouped.length);
        expect(grouped.filter((each) => share.optedOut.includes(each))).toEqual([]);

        if (restart) {
          bot = bot.restart();
          await through(resumeActivities(bot.services));
          share = await through(recordOf(bot, id));
        }
        expect(share.posted).toBe(share.phase);
        const shown = cardText(newest(bot, "d1").card);
        if (share.phase === "think" || share.phase === "revote") {
          const { size } = kept[share.phase === "think" ? 0 : 1]!;
          expect(shown).toContain(size === 1 ? "1 answer so far" : `${size} answers so far`);
        }
      }
    }),
    { numRuns: 40 },
  );
});

function run(bot: BotRig, id: string, { phase }: PairShareRecord, each: Step): Promise<Outcome> {
  if (each.do === "vote" && "choice" in each) return bot.as(each.who).press("poll.vote", id, each.choice);
  if ("who" in each) return bot.as(each.who).press(`pair.${each.do}`, id);
  return bot.as("teacher", "discord", "teacher").press(`pair.${each.do}`, id, phase);
}

async function recordOf(bot: BotRig, id: string): Promise<PairShareRecord> {
  return (await pairShareRecords(bot.services.store).get(`nlp/${id}`))!;
}

/** The stored votes of a round, by account. */
async function votes(bot: BotRig, id: string, round: number): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const [key, vote] of voteRecords(bot.services.store).list(`nlp/${id}/${round}/`)) {
    const entry = await bot.services.roster.entry("nlp", key.split("/").at(-1)!);
    found.set(entry!.accounts[0]!.id, vote.choices.join());
  }
  return found;
}
