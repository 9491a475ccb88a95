import { describe, expect, test } from "vitest";
import { configuredCourses } from "../../../src/bot/course/configured-courses.ts";
import type { Course } from "../../../src/bot/course/courses.ts";
import { COURSE } from "../bot-rig.ts";

const course = (id: string, rest: Partial<Course> = {}): Course => ({
  ...COURSE,
  id,
  channels: [],
  communities: [],
  ...rest,
});
const discord = (id: string) => ({ platform: "discord" as const, id });

describe("the course of a channel", () => {
  test("is the only course, wherever it is", () => {
    const courses = configuredCourses([course("nlp")]);
    expect(courses.forChannel(discord("x"))?.id).toBe("nlp");
    expect(courses.forChannel({ platform: "slack", id: "y" }, "T1")?.id).toBe("nlp");
  });

  test("is none in a community that the only course does not name, when it names others", () => {
    const courses = configuredCourses([course("nlp", { communities: [discord("g1")] })]);
    expect(courses.forChannel(discord("x"), "g1")?.id).toBe("nlp");
    expect(courses.forChannel(discord("x"), "g2")).toBeUndefined();
    expect(courses.forChannel({ platform: "web", id: "general" })?.id).toBe("nlp");
  });

  test("is none outside the listed channels of that platform; other platforms stay free", () => {
    const courses = configuredCourses([course("nlp", { channels: [discord("d1")] })]);
    expect(courses.forChannel(discord("d1"))?.id).toBe("nlp");
    expect(courses.forChannel(discord("d2"))).toBeUndefined();
    expect(courses.forChannel({ platform: "slack", id: "C1" })?.id).toBe("nlp");
  });

  test("goes by the channel before the community: two courses share one server", () => {
    const courses = configuredCourses([
      course("nlp", { communities: [discord("g1")] }),
      course("ir", { communities: [discord("g1")], channels: [discord("d2")] }),
    ]);
    expect(courses.forChannel(discord("d2"), "g1")?.id).toBe("ir");
    expect(courses.forChannel(discord("d1"), "g1")?.id).toBe("nlp");
    expect(courses.forChannel(discord("d1"), "g2")).toBeUndefined();
  });

  test("on the command line is the first course", () => {
    const courses = configuredCourses([course("nlp", { channels: [discord("d1")] }), course("ir")]);
    expect(courses.forChannel({ platform: "cli", id: "cli" })?.id).toBe("nlp");
  });

  test("that is asked for by an unknown id is refused with the known ones", () => {
    expect(() => configuredCourses([course("nlp"), course("ir")]).get("ml")).toThrow(
      expect.objectContaining({
        code: "course-unknown",
        message: expect.stringContaining("Courses: nlp, ir."),
      }),
    );
  });
});
