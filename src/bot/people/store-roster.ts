import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import type { Account, Person, Role } from "../invocation.ts";
import { readShortId, shortId } from "../short-id.ts";
import { newRecordId } from "../store/record-id.ts";
import type { Change, Condition, Store } from "../store/store.ts";
import { readCanvasCsv } from "./canvas-csv.ts";
import { type PersonRecord, peopleRecords } from "./people-records.ts";
import { findStudent, toEntry, withSeen } from "./person-record.ts";
import { atLeast, highestRole } from "./roles.ts";
import type { Roster } from "./roster.ts";

const LINK_CODE_VALID_MS = 10 * 60_000;
const LINK_CODE_LENGTH = 8;

/** The roster over the store. A person's id is random: it tells nothing about them outside the roster. */
export function createRoster(store: Store, clock: Clock): Roster {
  const { people, accounts, linkCodes } = peopleRecords(store);

  /** The record that counts for an id: joined people are followed to the one they became. */
  async function current(courseId: string, personId: string): Promise<PersonRecord | undefined> {
    let record = await people.get(`${courseId}/${personId}`);
    while (record?.mergedInto) record = await people.get(`${courseId}/${record.mergedInto}`);
    return record;
  }

  async function byAccount(courseId: string, account: Account): Promise<PersonRecord | undefined> {
    const known = await accounts.get(accountKey(courseId, account));
    return known && current(courseId, known.personId);
  }

  async function add(courseId: string, account: Account, platformRole: Role): Promise<void> {
    const id = newRecordId();
    const record: PersonRecord = {
      id,
      role: "student",
      platformRoles: { [account.platform]: platformRole },
      accounts: [account],
    };
    const key = accountKey(courseId, account);
    // When another event of the same account was faster, that one's person is found by who called this.
    await store.commit(
      [accounts.expect(key, undefined)],
      [accounts.put(key, { personId: id }), people.put(`${courseId}/${id}`, record)],
    );
  }

  async function person(courseId: string, account: Account, platformRole: Role): Promise<Person> {
    let record = await byAccount(courseId, account);
    if (!record) {
      await add(courseId, account, platformRole);
      record = await byAccount(courseId, account);
      if (!record) throw new Error(`The person of ${account.platform}/${account.id} vanished.`);
    }
    const seen = withSeen(record, account, platformRole);
    if (seen !== record) {
      record = await people.update(`${courseId}/${record.id}`, (now) =>
        now && !now.mergedInto ? withSeen(now, account, platformRole) : (now ?? seen),
      );
      if (record.mergedInto) return person(courseId, account, platformRole);
    }
    const { id, guest } = toEntry(record);
    return {
      id,
      displayName: record.canvas?.student ?? account.displayName,
      role: highestRole(record.role, platformRole),
      guest,
      account,
    };
  }

  /** `from` becomes `into`, in one step. Throws when they are two different students, or roles forbid it. */
  async function merge(
    courseId: string,
    into: PersonRecord,
    from: PersonRecord,
    also: { conditions: readonly Condition[]; changes: readonly Change[] } = { conditions: [], changes: [] },
  ): Promise<boolean> {
    if (into.canvas && from.canvas) {
      throw new UserError(
        "link-conflict",
        `One of the two is ${into.canvas.student} in the roster and the other ${from.canvas.student}. Ask the teacher.`,
      );
    }
    const merged: PersonRecord = {
      ...into,
      platformRoles: { ...from.platformRoles, ...into.platformRoles },
      accounts: [...into.accounts, ...from.accounts],
      canvas: into.canvas ?? from.canvas,
    };
    const intoKey = `${courseId}/${into.id}`;
    const fromKey = `${courseId}/${from.id}`;
    return store.commit(
      [people.expect(intoKey, into), people.expect(fromKey, from), ...also.conditions],
      [
        people.put(intoKey, merged),
        people.put(fromKey, { ...from, accounts: [], canvas: undefined, mergedInto: into.id }),
        ...also.changes,
      ],
    );
  }

  async function* records(courseId: string): AsyncIterable<PersonRecord> {
    for await (const [, record] of people.list(`${courseId}/`)) if (!record.mergedInto) yield record;
  }

  return {
    person,
    async find(courseId, account) {
      const record = await byAccount(courseId, account);
      return record && toEntry(record);
    },
    async entry(courseId, personId) {
      const record = await current(courseId, personId);
      return record && toEntry(record);
    },
    async *entries(courseId) {
      for await (const record of records(courseId)) yield toEntry(record);
    },

    async startLink(courseId, personId) {
      for await (const [key, code] of linkCodes.list(`${courseId}/`)) {
        if (code.expiresAt <= clock.now() || code.personId === personId) await linkCodes.delete(key);
      }
      const code = shortId(LINK_CODE_LENGTH);
      await linkCodes.set(`${courseId}/${code}`, { personId, expiresAt: clock.now() + LINK_CODE_VALID_MS });
      return `${code.slice(0, 4)}-${code.slice(4)}`;
    },

    async finishLink(courseId, typed, account, platformRole) {
      const code = readShortId(typed);
      if (code.length !== LINK_CODE_LENGTH || !/^[0-9A-Z]*$/.test(code)) throw unknownCode(typed);
      const key = `${courseId}/${code}`;
      for (;;) {
        const stored = await linkCodes.get(key);
        if (!stored || stored.expiresAt <= clock.now()) throw unknownCode(typed);
        const own = await person(courseId, account, platformRole);
        const into = await current(courseId, stored.personId);
        const from = await current(courseId, own.id);
        if (!into || !from) throw unknownCode(typed);
        if (into.id === from.id) {
          await linkCodes.delete(key);
          return own;
        }
        if (!atLeast(into.role, from.role)) {
          throw new UserError(
            "link-role",
            "This account has the higher role in the roster. Ask for the code here with /link, and use it with the other account.",
          );
        }
        // The code is used up in the same step, so that it joins one account only.
        const useUp = {
          conditions: [linkCodes.expect(key, stored)],
          changes: [linkCodes.put(key, undefined)],
        };
        if (await merge(courseId, into, from, useUp)) return person(courseId, account, platformRole);
      }
    },

    async claimStudent(courseId, personId, studentId) {
      for (;;) {
        const own = await current(courseId, personId);
        const found = await findStudent(records(courseId), studentId);
        if (!own || !found) {
          throw new UserError(
            "student-unknown",
            `The course's roster has no student "${studentId.slice(0, 60)}". Use the SIS user ID, the login or the Canvas ID, or ask the teacher.`,
            { studentId },
          );
        }
        if (found.id === own.id) return toEntry(own);
        if (found.accounts.length > 0) {
          throw new UserError(
            "student-taken",
            `Somebody has joined as "${studentId.slice(0, 60)}" already. If that was you, use /link there to get a code; otherwise tell the teacher.`,
            { studentId },
          );
        }
        if (await merge(courseId, own, found)) return toEntry((await current(courseId, own.id))!);
      }
    },

    async importCsv(courseId, csv) {
      const { students, refused } = readCanvasCsv(csv);
      const known = new Map<string, PersonRecord>();
      for await (const record of records(courseId)) if (record.canvas) known.set(record.canvas.id, record);
      const counts = { added: 0, changed: 0, unchanged: 0 };
      for (const { student } of students) {
        const record = known.get(student.id);
        if (record && isDeepStrictEqual(record.canvas, student)) {
          counts.unchanged++;
        } else if (record) {
          await people.update(`${courseId}/${record.id}`, (now = record) =>
            now.mergedInto ? now : { ...now, canvas: student },
          );
          counts.changed++;
        } else {
          const id = newRecordId();
          await people.set(`${courseId}/${id}`, {
            id,
            role: "student",
            platformRoles: {},
            accounts: [],
            canvas: student,
          });
          counts.added++;
        }
      }
      return { ...counts, refused };
    },
  };
}

function accountKey(courseId: string, { platform, id }: Account): string {
  return `${courseId}/${platform}/${id}`;
}

function unknownCode(typed: string): UserError {
  return new UserError(
    "link-code-unknown",
    `The code "${typed.slice(0, 20)}" is wrong, used or older than 10 minutes. Ask for a new one with /link where your other account is.`,
  );
}
