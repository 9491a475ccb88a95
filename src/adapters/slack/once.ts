import { z } from "zod";
import type { Clock } from "../../bot/clock.ts";
import type { Store } from "../../bot/store/store.ts";

/** Slack repeats for at most about seven minutes; an hour leaves room. */
const REMEMBERED_MS = 60 * 60_000;

/** Which events have been handled: Slack delivers one again when its acknowledgement was lost. */
export interface Once {
  /** True for the first call with this id, also over restarts and several processes. */
  first(id: string): Promise<boolean>;
  /** Forgets what is too old to come again. */
  forgetOld(): Promise<void>;
}

export function createOnce(store: Store, clock: Clock): Once {
  const handled = store.namespace("slack-event", z.number());
  return {
    first: (id) => handled.setIfAbsent(id.slice(0, 200), clock.now()),
    async forgetOld() {
      for await (const [id, at] of handled.list("")) {
        if (at < clock.now() - REMEMBERED_MS) await handled.delete(id);
      }
    },
  };
}
