import type { Logger } from "pino";
import type { Clock } from "../../bot/clock.ts";
import type { Account, Role } from "../../bot/invocation.ts";
import type { Calls } from "./calls.ts";
import { SlackCallError } from "./errors.ts";

/** Ids of users (U…, W…) and of user groups (S…) that give a role, as a course names them. */
export type RoleIds = Partial<Record<Exclude<Role, "student">, readonly string[]>>;

const NAME_VALID_MS = 60 * 60_000;
const GROUP_VALID_MS = 5 * 60_000;
const REMEMBERED_NAMES = 2_000;

export interface People {
  /** An account with the name people know it by. @param fallback Used when Slack tells no name. */
  account(userId: string, fallback?: string): Promise<Account>;
  /**
   * The role somebody has where `ids` count. Where none are named for a role, the workspace decides: its owners
   * and admins are teachers, and nobody is an assistant.
   */
  roleOf(userId: string, ids: RoleIds | undefined): Promise<Role>;
}

/** What Slack tells of a user. */
interface User {
  readonly name?: string | undefined;
  readonly admin: boolean;
}

export function createPeople(calls: Calls, clock: Clock, log: Logger): People {
  const users = new Map<string, { user: Promise<User>; until: number }>();
  const groups = new Map<string, { users: Promise<readonly string[]>; until: number }>();

  async function ask(userId: string): Promise<User> {
    try {
      const { user } = await calls.call("users.info", { user: userId });
      const { profile, real_name, is_admin, is_owner } = user as UserInfo;
      return { name: profile?.display_name || real_name || undefined, admin: Boolean(is_admin || is_owner) };
    } catch (error) {
      log.warn({ err: error, user: userId }, "Slack told nothing about a user");
      return { admin: false };
    }
  }

  function known(userId: string): Promise<User> {
    const { user } = cached(users, userId, NAME_VALID_MS, () => ({ user: ask(userId) }));
    const [oldest] = users.keys();
    if (users.size > REMEMBERED_NAMES && oldest !== undefined) users.delete(oldest);
    return user;
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
    make: () => T,
  ): T & { until: number } {
    const known = map.get(key);
    if (known && known.until > clock.now()) return known;
    const fresh = { ...make(), until: clock.now() + validMs };
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
      const { name } = await known(id);
      return { platform: "slack", id, displayName: name ?? fallback ?? id };
    },
    async roleOf(userId, ids) {
      const { teacher = [], assistant = [] } = ids ?? {};
      const teaches = teacher.length > 0 ? await isAmong(teacher, userId) : (await known(userId)).admin;
      if (teaches) return "teacher";
      return (await isAmong(assistant, userId)) ? "assistant" : "student";
    },
  };
}

interface UserInfo {
  readonly profile?: { readonly display_name?: string };
  readonly real_name?: string;
  readonly is_admin?: boolean;
  readonly is_owner?: boolean;
}
