/** Processes that can be killed between any two steps, over one store, one clock and one set of platforms. */
import { RENEW_MS } from "../../../../src/bot/activities/review/run-occurrence.ts";
import type { Card } from "../../../../src/bot/cards/card.ts";
import type { Clock } from "../../../../src/bot/clock.ts";
import type { Services } from "../../../../src/bot/context.ts";
import type { ChannelRef, MessageRef } from "../../../../src/bot/invocation.ts";
import type { Messenger } from "../../../../src/bot/messenger.ts";
import { createRoster } from "../../../../src/bot/people/store-roster.ts";
import type { Namespace, Store } from "../../../../src/bot/store/store.ts";

export interface Arrived {
  readonly channel: ChannelRef;
  readonly key: string;
  readonly at: number;
  readonly card: Card;
}

/** How long each platform recognises a message handed over twice. Discord does not say; four minutes are a few. */
const WINDOW_MS: Readonly<Record<string, number>> = {
  discord: 4 * 60_000,
  slack: 10 * 60_000,
  web: Infinity,
};

/** Platforms that keep what arrives and recognise keys within their windows. */
export function platforms(clock: Clock) {
  const arrived: Arrived[] = [];
  const directs: { account: string; card: Card; at: number }[] = [];
  const refOf = (index: number, channel: ChannelRef): MessageRef => ({ channel, id: `m${index}` });
  return {
    arrived,
    directs,
    post(channel: ChannelRef, card: Card, key = `none-${arrived.length}`): MessageRef {
      const now = clock.now();
      const before = arrived.findLastIndex(
        (each) =>
          each.key === key && each.channel.id === channel.id && now - each.at <= WINDOW_MS[channel.platform]!,
      );
      if (before >= 0) return refOf(before, channel);
      arrived.push({ channel, key, at: now, card });
      return refOf(arrived.length - 1, channel);
    },
    direct(account: string, card: Card): void {
      directs.push({ account, card, at: clock.now() });
    },
  };
}

export interface MortalProcess {
  readonly services: Services;
  readonly startedAt: number;
  killedAt: number | undefined;
  /** Whether it is posting something, which takes real time: files are read. */
  isWorking(): boolean;
}

/**
 * @param strike Called before and after each step that others can see; true kills the process there and then.
 *   Afterwards nothing it waits for ever comes, and its timers do nothing.
 */
export function mortalProcess(
  base: Services,
  world: ReturnType<typeof platforms>,
  strike: () => boolean,
): MortalProcess {
  const clock = base.clock;
  // A hold is renewed while it is worked on.
  let renewals = 0;
  const process: {
    services: Services;
    startedAt: number;
    killedAt: number | undefined;
    isWorking(): boolean;
  } = {
    services: base,
    startedAt: clock.now(),
    killedAt: undefined,
    isWorking: () => process.killedAt === undefined && renewals > 0,
  };
  const never = new Promise<never>(() => {});
  const isDead = () => process.killedAt !== undefined;
  const die = () => {
    if (!isDead() && strike()) process.killedAt = clock.now();
    return isDead();
  };
  const step = async <T>(run: () => T | Promise<T>): Promise<T> => {
    if (die()) return never;
    const result = await run();
    return die() ? never : result;
  };
  const read = async <T>(run: () => Promise<T>): Promise<T> => {
    if (isDead()) return never;
    const result = await run();
    return isDead() ? never : result;
  };
  const mortalNamespace = <T>(real: Namespace<T>): Namespace<T> => ({
    get: (key) => read(() => real.get(key)),
    set: (key, value) => step(() => real.set(key, value)),
    delete: (key) => step(() => real.delete(key)),
    async *list(prefix) {
      if (isDead()) await never;
      for await (const each of real.list(prefix)) {
        if (isDead()) await never;
        yield each;
      }
    },
    setIfAbsent: (key, value) => step(() => real.setIfAbsent(key, value)),
    compareAndSet: (key, expected, next) => step(() => real.compareAndSet(key, expected, next)),
    update: (key, change) => step(() => real.update(key, change)),
    expect: real.expect,
    put: real.put,
  });
  const store: Store = {
    namespace: (name, schema, versions) => mortalNamespace(base.store.namespace(name, schema, versions)),
    commit: (conditions, changes) => step(() => base.store.commit(conditions, changes)),
    close: async () => {},
  };
  const mortalClock: Clock = {
    now: clock.now,
    after(ms, run) {
      let isSet = ms === RENEW_MS;
      if (isSet) renewals++;
      const over = () => {
        if (isSet) renewals--;
        isSet = false;
      };
      const cancel = clock.after(ms, () => {
        over();
        if (!isDead()) run();
      });
      return () => {
        over();
        cancel();
      };
    },
  };
  const messenger: Messenger = {
    post: (channel, card, { dedupeKey } = {}) => step(() => world.post(channel, card, dedupeKey)),
    update: () => step(() => {}),
    direct: (account, card) =>
      step(() => {
        world.direct(account.id, card);
        return { channel: { platform: account.platform, id: `dm-${account.id}` }, id: "dm" };
      }),
    openRoom: () => Promise.reject(new Error("no rooms here")),
  };
  process.services = {
    ...base,
    store,
    clock: mortalClock,
    messenger,
    roster: createRoster(store, mortalClock),
  };
  return process;
}
