import type { Role } from "../invocation.ts";

const RANK: Record<Role, number> = { student: 0, assistant: 1, teacher: 2 };

/** Whether somebody with role `has` may do what `needed` may. */
export function atLeast(has: Role, needed: Role): boolean {
  return RANK[has] >= RANK[needed];
}

export function highestRole(...roles: readonly Role[]): Role {
  return roles.reduce((best, role) => (atLeast(role, best) ? role : best), "student");
}

/** "a student", "a teaching assistant", "a teacher". */
export function roleInWords(role: Role): string {
  return role === "assistant" ? "a teaching assistant" : `a ${role}`;
}
