import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { Course } from "../../../src/bot/course/courses.ts";
import { COURSE } from "../bot-rig.ts";

const SAMPLE = fileURLToPath(new URL("../../../course", import.meta.url));

/** A course of its own with these items, all on the objective "decoding.top-p"; limits that no test reaches. */
export function smallCourse(items: readonly Record<string, unknown>[]): {
  readonly course: Course;
  readonly remove: () => void;
} {
  const content = mkdtempSync(join(tmpdir(), "cloze-course-"));
  cpSync(join(SAMPLE, "objectives.yaml"), join(content, "objectives.yaml"));
  mkdirSync(join(content, "items"));
  const whole = items.map((item) => ({
    objectives: ["decoding.top-p"],
    explanation: `Explained: ${item.id}.`,
    source: "Written for this test",
    ...item,
  }));
  writeFileSync(join(content, "items", "test.yaml"), stringify({ items: whole }));
  return {
    course: { ...COURSE, content, limits: { perPersonPerMinute: 1_000, perChannelPerMinute: 1_000 } },
    remove: () => rmSync(content, { recursive: true }),
  };
}
