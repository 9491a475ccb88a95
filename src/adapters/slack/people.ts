import type { Logger } from "pino";
import type { Clock } from "../../bot/clock.ts";
import type { Account, Role } from "../../bot/invocation.ts";
import type { Calls } from "./calls.ts";
import { SlackCallError } from "./errors.ts";

/** Who is teacher or assistant in Slack: ids of users (U…, W…) and of user groups (S…). */
export interface RoleSettings {
  readonly teachers: readonly string[];
  readonly assistants: readonly string[];
}

const NAME_VALID_MS = 60 * 60_000;
const GROUP_VALID_MS = 5 * 60_000;
const REMEMBERED_NAMES = 2_000;

export interface People {
  /** An account with the name people know it by. @param fallback Used when Slack tells no name. */
  account(userId: string, fallback?: string): Promise<Account>;
  roleOf(userId: string): Promise<Role>;
}

export function createPeople(calls: Calls, clock: Clock, log: Logger, roles: RoleSettings): People {
  const names = new Map<string, { name: Promise<string | undefined>; until: number }>();
  const groups = new Map<string, { users: Promise<readonly string[]>; until: number }>();

  async function nameOf(userId: string): Promise<string | undefined> {
    try {
      const { user } = await calls.call("users.info", { user: userId });
      const { profile, real_name } = user as { profile?: { display_name?: string }; real_name?: string };
      return profile?.display_name || real_name || undefined;
    } catch (error) {
      log.warn({ err: error, user: userId }, "Slack told no name for a user");
      return undefined;
    }
  }

  async function membersOf(group: string): Promise<readonly string[]> {
    try {
      const { users } = await calls.call("usergroups.users.list", { usergroup: group });
      return users as readonly string[];
    } catch (error) {
      const why = error instanceof SlackCallError ? error.error : "no answer";
      log.error(
        { err: error, group },
        `the Slack user group ${group} could not be read (${why}): nobody has its role`,
      );
      return [];
    }
  }

  /** What is known, asked for again when it is old. */
  function cached<T>(
    map: Map<string, T & { until: number }>,
    key: string,
    validMs: number,
    ask: () => T,
  ): T & { until: number } {
    const known = map.get(key);
    if (known && known.until > clock.now()) return known;
    const fresh = { ...ask(), until: clock.now() + validMs };
    map.delete(key);
    map.set(key, fresh);
    return fresh;
  }

  async function isAmong(ids: readonly string[], userId: string): Promise<boolean> {
    if (ids.includes(userId)) return true;
    for (const group of ids.filter((id) => id.startsWith("S"))) {
      const { users } = cached(groups, group, GROUP_VALID_MS, () => ({ users: membersOf(group) }));
      if ((await users).includes(userId)) return true;
    }
    return false;
  }

  return {
    async account(id, fallback) {
      const { name } = cached(names, id, NAME_VALID_MS, () => ({ name: nameOf(id) }));
      const [oldest] = names.keys();
      if (names.size > REMEMBERED_NAMES && oldest !== undefined) names.delete(oldest);
      return { platform: "slack", id, displayName: (await name) ?? fallback ?? id };
    },
    async roleOf(userId) {
      if (await isAmong(roles.teachers, userId)) return "teacher";
      return (await isAmong(roles.assistants, userId)) ? "assistant" : "student";
    },
  };
}
