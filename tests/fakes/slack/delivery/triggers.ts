import { LIMITS } from "../limits.ts";
import { SlackError } from "../web-api/method.ts";
import type { World } from "../world.ts";

/** Trigger ids: each opens one modal for one person, within three seconds. */
export interface Triggers {
  issue(user: string): string;
  /** The person, or the reason why the id opens nothing. */
  exchange(triggerId: unknown): string;
}

export function createTriggers(world: World): Triggers {
  const issued = new Map<string, { user: string; expiresAt: number; used: boolean }>();
  return {
    issue(user) {
      const id = `${issued.size + 1}${Math.floor(world.options.clock.now() / 1000)}.${issued.size + 1}.${world.secret()}`;
      issued.set(id, { user, expiresAt: world.options.clock.now() + LIMITS.trigger.lifeMs, used: false });
      return id;
    },
    exchange(triggerId) {
      const trigger = typeof triggerId === "string" ? issued.get(triggerId) : undefined;
      if (!trigger) throw new SlackError("invalid_trigger_id");
      if (world.options.clock.now() > trigger.expiresAt) throw new SlackError("expired_trigger_id");
      if (trigger.used) throw new SlackError("exchanged_trigger_id");
      trigger.used = true;
      return trigger.user;
    },
  };
}
