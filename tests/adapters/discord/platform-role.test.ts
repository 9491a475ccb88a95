import { PermissionFlagsBits as P } from "discord.js";
import { expect, test } from "vitest";
import { platformRole } from "../../../src/adapters/discord/platform-role.ts";
import type { Course } from "../../../src/bot/course/courses.ts";

const course = (discord: { teacher?: string[]; assistant?: string[] }) =>
  ({ roles: { discord } }) as unknown as Course;
const member = (permissions: bigint, ...roleIds: string[]) => ({ permissions, roleIds });

test.each([
  ["manages the server", P.ManageGuild, "teacher"],
  ["is an administrator", P.Administrator, "teacher"],
  ["manages messages", P.ManageMessages, "assistant"],
  ["times members out", P.ModerateMembers, "assistant"],
  ["writes messages", P.SendMessages, "student"],
] as const)("without configured roles, who %s is %s", (_, permissions, role) => {
  expect(platformRole(member(permissions), undefined)).toBe(role);
});

test("a configured role id decides, and the permission no more", () => {
  const configured = course({ teacher: ["10"] });
  expect(platformRole(member(0n, "10"), configured)).toBe("teacher");
  expect(platformRole(member(P.ManageGuild), configured)).toBe("student");
});

test("roles are configured one by one: with ids for assistants only, teachers are known by permission", () => {
  const configured = course({ assistant: ["20"] });
  expect(platformRole(member(P.ManageGuild), configured)).toBe("teacher");
  expect(platformRole(member(0n, "20"), configured)).toBe("assistant");
  expect(platformRole(member(P.ManageMessages), configured)).toBe("student");
});

test("in direct messages Discord knows nobody's role", () => {
  expect(platformRole(undefined, course({ teacher: ["10"] }))).toBe("student");
});
