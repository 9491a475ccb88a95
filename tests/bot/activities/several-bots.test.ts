import { afterAll, beforeAll, expect, test } from "vitest";
import { BEGIN, EVERY_MS, SCHEDULE } from "../../../bench/soak/schedule.ts";
import { resumeActivities } from "../../../src/bot/activities/resume.ts";
import { reviewRecords } from "../../../src/bot/activities/review/review-records.ts";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import type { Services } from "../../../src/bot/context.ts";
import { openConfiguredStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import { describeWithRedis } from "../../describe-with-redis.ts";
import { handClock, turns } from "../../fakes/hand-clock.ts";
import { type RedisServer, startRedis } from "../../redis-server.ts";
import { botRig } from "../bot-rig.ts";
import { newest, pressOn } from "./press.ts";
import { smallCourse } from "./small-course.ts";

describeWithRedis("several bots on one Redis", () => {
  let server: RedisServer;
  const stores: Store[] = [];
  const small = smallCourse([
    { id: "one", kind: "numeric", question: "What is .4 of .9?", answer: 0.36, tolerance: 0.005 },
  ]);
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
    small.remove();
  });

  /** A bot as another process would be: its own connection, timers and posts. */
  async function openBot() {
    const { store } = await openConfiguredStore({ dataDirectory: "none", redisUrl: server.url });
    stores.push(store);
    const clock = handClock(BEGIN - 60_000);
    return botRig({ store, clock, courses: [small.course], commands: allCommands, actions: allActions });
  }

  test("each scheduled prompt goes out once, whichever bot is first", async () => {
    const bots = [await openBot(), await openBot(), await openBot()];
    const posted: string[] = [];
    const posting = (services: Services): Services => ({
      ...services,
      messenger: {
        ...services.messenger,
        async post(channel, _card, { dedupeKey } = {}) {
          posted.push(dedupeKey ?? "none");
          return { channel, id: `m${posted.length}` };
        },
        async update() {},
      },
    });
    const { schedules, occurrences } = reviewRecords(stores[0]!);
    await schedules.setIfAbsent(`nlp/${SCHEDULE.id}`, SCHEDULE);
    const stateOf = async (due: number) => {
      for await (const [, each] of occurrences.list(`nlp/${SCHEDULE.id}/`)) {
        if (each.slot === due) return each.state;
      }
      return undefined;
    };
    await Promise.all(bots.map(({ services }) => resumeActivities(posting(services))));
    const dues = [0, 1, 2, 3].map((n) => BEGIN + n * EVERY_MS);
    for (const due of dues) {
      await Promise.all(bots.map(({ clock }) => clock.advance(due + 1_000 - clock.now())));
      // Redis answers in real time while the clocks stand.
      while ((await stateOf(due)) !== "posted") await turns(5);
    }
    // Beside its question each time has an introduction.
    const questions = posted.filter((key) => key.startsWith("poll"));
    expect(questions).toHaveLength(dues.length);
    expect(new Set(posted).size).toBe(posted.length);
  });

  test("votes pressed at different bots are counted together, and a person's second one replaces the first", async () => {
    const [one, other] = [await openBot(), await openBot()];
    const teacher = one.as("prof", "discord", "teacher");
    await teacher.command("poll", { question: "Which one cuts the tail?", choices: "greedy|top-p" });
    const poll = newest(one, "d1").card;
    await pressOn(one.as("anna"), poll, "greedy");
    await pressOn(other.as("ben"), poll, "top-p");
    await pressOn(other.as("anna"), poll, "top-p");
    const closed = await pressOn(teacher, newest(one, "d1").card, "Close");
    expect(closed.code, closed.text).toBeUndefined();
    const counted = () =>
      newest(one, "d1").card?.blocks.flatMap((block) =>
        block.type === "chart" && block.chart.kind === "poll" ? block.chart.choices : [],
      );
    while (counted()?.length === 0) {
      await one.clock.advance(1_000);
      await turns(5);
    }
    expect(counted()).toMatchObject([
      { label: "greedy", count: 0 },
      { label: "top-p", count: 2 },
    ]);
  });
});
