import type { Account, Role } from "../invocation.ts";
import type { PersonRecord } from "./people-records.ts";
import { highestRole } from "./roles.ts";
import type { CanvasStudent, RosterEntry } from "./roster.ts";

/** The record with what this event told; the same object when it told nothing new. */
export function withSeen(record: PersonRecord, account: Account, platformRole: Role): PersonRecord {
  const known = record.accounts.find(
    ({ platform, id }) => platform === account.platform && id === account.id,
  );
  if (known?.displayName === account.displayName && record.platformRoles[account.platform] === platformRole) {
    return record;
  }
  return {
    ...record,
    platformRoles: { ...record.platformRoles, [account.platform]: platformRole },
    accounts: known
      ? record.accounts.map((each) => (each === known ? account : each))
      : [...record.accounts, account],
  };
}

/** A record as the rest of the bot sees it. */
export function toEntry(record: PersonRecord): RosterEntry {
  const { id, accounts, canvas, platformRoles } = record;
  const role = highestRole(record.role, ...Object.values(platformRoles));
  return {
    id,
    displayName: canvas?.student ?? accounts[0]?.displayName ?? id,
    role,
    guest: role === "student" && !canvas && accounts.every(({ platform }) => platform === "web"),
    ...(canvas && { studentId: canvas.sisUserId || canvas.id, canvas }),
    accounts,
  };
}

/** The student with this SIS User ID, SIS Login ID or Canvas ID. */
export async function findStudent(
  records: AsyncIterable<PersonRecord>,
  studentId: string,
): Promise<PersonRecord | undefined> {
  const wanted = studentId.trim().toLowerCase();
  const matches = ({ sisUserId, sisLoginId, id }: CanvasStudent) =>
    [sisUserId, sisLoginId, id].some((each) => each !== "" && each.toLowerCase() === wanted);
  for await (const record of records) if (record.canvas && matches(record.canvas)) return record;
  return undefined;
}
