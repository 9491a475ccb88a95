import { afterAll, describe, expect, test } from "vitest";
import { courseCheck } from "../../../src/bot/commands/course-check.ts";
import { classEngine } from "../activities/class-engine.ts";
import { smallCourse } from "../activities/small-course.ts";
import { botRig } from "../bot-rig.ts";

const { engine, close } = classEngine();
const small = smallCourse([
  {
    id: "two-right",
    kind: "single",
    question: "Which?",
    choices: [
      { text: "a", correct: true },
      { text: "b", correct: true },
    ],
  },
  {
    id: "foretold",
    kind: "prediction",
    question: "What will it write?",
    run: { prompt: "The nice", options: { strategy: "greedy", "max-new-tokens": 6 } },
    choices: [{ text: "a poem" }, { text: "a novel" }],
  },
]);
afterAll(async () => {
  await close();
  small.remove();
});
const check = (options = {}) =>
  botRig({ engine, commands: [courseCheck], courses: [small.course] })
    .as("teacher", "discord", "teacher")
    .command("course check", options);

describe("/course check", () => {
  test("names file and line of what is wrong, a prediction that its model does not decide among it", async () => {
    const { code, text } = await check();
    expect(code).toBe("course-problems");
    expect(text).toMatch(/items\/test\.yaml:2 two-right: 2 choices are marked correct/);
    // The first item has twelve lines: two of objectives, five of one line, one of choices, two for each choice.
    expect(text).toMatch(
      /items\/test\.yaml:14 foretold: The item foretold can't be asked: tiny-llama writes/,
    );
  });

  test("with run:false runs no model", async () => {
    const { text } = await check({ run: false });
    expect(text).toContain("two-right");
    expect(text).not.toContain("foretold:");
  });
});
