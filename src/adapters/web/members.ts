import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../bot/clock.ts";
import { UserError } from "../../bot/errors.ts";
import type { Account, Role } from "../../bot/invocation.ts";
import { createRateLimit } from "../../bot/rate-limit.ts";
import type { Store } from "../../bot/store/store.ts";
import { MEMBERS, NAME_CHARACTERS, WRONG_CODES_ALTOGETHER, WRONG_CODES_PER_ADDRESS } from "./limits.ts";

/** Somebody who has come in by a link. */
export interface Member {
  /** Their account id on the platform "web". */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly joinedAt: number;
}

const member = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(["student", "assistant", "teacher"]),
  joinedAt: z.number(),
});

/** What opens the door, made at the first start and kept, so that links and sessions outlive a restart. */
export interface Keys {
  readonly teacher: string;
  readonly assistant: string;
  /** Short enough to be read from a projector and typed. */
  readonly join: string;
  /** Signs sessions. */
  readonly session: string;
}

const keys = z.object({ teacher: z.string(), assistant: z.string(), join: z.string(), session: z.string() });

export interface Members {
  readonly keys: Keys;
  get(id: string): Member | undefined;
  all(): readonly Member[];
  /**
   * Lets somebody in.
   * @param key One of the keys; decides the role.
   * @param address Where they come from, for counting wrong codes.
   * @throws {UserError} "code-wrong", "code-tries", "name-invalid", "classroom-full"
   */
  join(key: string, name: string, address: string): Promise<Member>;
  rename(id: string, name: string): Promise<Member>;
}

export function accountOf({ id, name }: Member): Account {
  return { platform: "web", id, displayName: name };
}

// Without I, L, O, 0 and 1, which look alike from the last row.
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

export async function openMembers(store: Store, clock: Clock): Promise<Members> {
  const keyRecords = store.namespace<Keys>("web-keys", keys);
  await keyRecords.setIfAbsent("keys", {
    teacher: `teacher-${secret()}`,
    assistant: `assistant-${secret()}`,
    join: Array.from(randomBytes(7), (byte) => CODE_LETTERS[byte % CODE_LETTERS.length]).join(""),
    session: secret(),
  });
  const own = (await keyRecords.get("keys"))!;
  const records = store.namespace<Member>("web-members", member);
  const members = new Map<string, Member>();
  for await (const [id, kept] of records.list("")) members.set(id, kept);
  const limit = createRateLimit(clock);
  const blockedUntil = new Map<string, number>();

  function roleOf(key: string, address: string): Role {
    refuseIfBlocked(address);
    const typed = key.trim();
    if (same(typed, own.teacher)) return "teacher";
    if (same(typed, own.assistant)) return "assistant";
    if (same(typed.toUpperCase().replace(/[\s-]/g, ""), own.join)) return "student";
    // Only wrong codes count: a lecture hall behind one address joins within a minute.
    const full = limit.take([
      { key: `address/${address}`, perMinute: WRONG_CODES_PER_ADDRESS },
      { key: "all", perMinute: WRONG_CODES_ALTOGETHER },
    ]);
    if (full) {
      blockedUntil.set(address, clock.now() + full.retryAfterMs);
      refuseIfBlocked(address);
    }
    throw new UserError(
      "code-wrong",
      "This code opens nothing here. Ask for the current join code, or open the join link again.",
    );
  }

  function refuseIfBlocked(address: string): void {
    const until = blockedUntil.get(address);
    if (until === undefined) return;
    if (until <= clock.now()) {
      blockedUntil.delete(address);
      return;
    }
    const seconds = Math.ceil((until - clock.now()) / 1000);
    throw new UserError(
      "code-tries",
      `Too many wrong codes came from your network. Try again in ${seconds} s.`,
      {
        retryAfterMs: until - clock.now(),
      },
    );
  }

  /** Two people of one name could not be told apart, or chosen with @. */
  function unusedName(name: string, except?: string): string {
    const taken = new Set(
      [...members.values()].filter(({ id }) => id !== except).map((other) => fold(other.name)),
    );
    taken.add("cloze");
    if (!taken.has(fold(name))) return name;
    for (let n = 2; ; n++) {
      const numbered = `${name} ${n}`;
      if (!taken.has(fold(numbered))) return numbered;
    }
  }

  async function keep(next: Member): Promise<Member> {
    members.set(next.id, next);
    await records.set(next.id, next);
    return next;
  }

  const everyone = () => [...members.values()];

  return {
    keys: own,
    get: (id) => members.get(id),
    all: everyone,
    async join(key, name, address) {
      const role = roleOf(key, address);
      // The teacher's link asks for no name: on every device it leads to the same person.
      const teacher =
        role === "teacher" && name === "" ? everyone().find((other) => other.role === role) : undefined;
      if (teacher) return teacher;
      const clean = cleanName(name || (role === "teacher" ? "Teacher" : ""));
      if (members.size >= MEMBERS) {
        throw new UserError(
          "classroom-full",
          `This classroom has ${MEMBERS} people already, the most it takes.`,
          {
            allowed: MEMBERS,
          },
        );
      }
      const id = randomBytes(12).toString("base64url");
      return keep({ id, name: unusedName(clean), role, joinedAt: clock.now() });
    },
    async rename(id, name) {
      const current = members.get(id)!;
      return keep({ ...current, name: unusedName(cleanName(name), id) });
    },
  };
}

/**
 * A name without anything that hides, turns or imitates text: no control, format or private-use characters,
 * at most two combining marks in a row.
 * @throws {UserError} "name-invalid"
 */
export function cleanName(given: string): string {
  const name = given
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1")
    .replace(/\s+/g, " ")
    .trim();
  if (!/[\p{L}\p{N}]/u.test(name)) {
    throw new UserError("name-invalid", "Type the name that others shall see; it needs a letter or a digit.");
  }
  const { length } = [...name];
  if (length > NAME_CHARACTERS) {
    throw new UserError(
      "name-invalid",
      `The name has ${length} characters; at most ${NAME_CHARACTERS} are shown. Shorten it.`,
      { given: length, allowed: NAME_CHARACTERS },
    );
  }
  return name;
}

function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

/** Compares without telling by its duration how much was right. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
