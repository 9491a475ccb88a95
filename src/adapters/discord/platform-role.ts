import { PermissionFlagsBits as P } from "discord.js";
import type { Course } from "../../bot/course/courses.ts";
import type { Role } from "../../bot/invocation.ts";

/** As much of a member as decides their role. */
export interface MemberRights {
  readonly roleIds: readonly string[];
  readonly permissions: bigint;
}

const BY_PERMISSION: Readonly<Record<Exclude<Role, "student">, bigint>> = {
  teacher: P.ManageGuild | P.Administrator,
  assistant: P.ManageMessages | P.ModerateMembers,
};

/**
 * The role a member of the server has in a course. Where the course names Discord role ids for a role, having one
 * of them decides; where it names none, a permission does: teachers may manage the server, assistants may manage
 * messages or time members out.
 */
export function platformRole(member: MemberRights | undefined, course: Course | undefined): Role {
  if (!member) return "student";
  const configured = course?.roles?.discord;
  for (const role of ["teacher", "assistant"] as const) {
    const ids = configured?.[role] ?? [];
    const has =
      ids.length > 0
        ? ids.some((id) => member.roleIds.includes(id))
        : (member.permissions & BY_PERMISSION[role]) !== 0n;
    if (has) return role;
  }
  return "student";
}
