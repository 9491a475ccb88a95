import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { checkCourse } from "../../../src/bot/course/check-course.ts";
import { courseJsonSchemas } from "../../../src/bot/course/json-schema.ts";
import { readCourse } from "../../../src/bot/course/read-course.ts";

const SAMPLE = fileURLToPath(new URL("../../../course", import.meta.url));
const copies: string[] = [];

/** A copy of the sample course with one file changed. */
async function courseWith(file: string, change: (text: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cloze-course-"));
  copies.push(folder);
  await cp(SAMPLE, folder, { recursive: true });
  await writeFile(join(folder, file), change(await readFile(join(folder, file), "utf8")));
  return folder;
}

async function problemsWith(file: string, change: (text: string) => string) {
  return checkCourse(await readCourse(await courseWith(file, change)));
}

afterEach(async () => {
  for (const folder of copies.splice(0)) await rm(folder, { recursive: true });
});

describe("the sample course", () => {
  test("has at least 40 items of all six kinds and no problem", async () => {
    const course = await readCourse(SAMPLE);
    expect(checkCourse(course)).toEqual([]);
    expect(course.items.length).toBeGreaterThanOrEqual(40);
    expect(new Set(course.items.map(({ kind }) => kind))).toEqual(
      new Set(["single", "multiple", "numeric", "short", "prediction", "discussion"]),
    );
  });

  test("asks the lecture's two questions", async () => {
    const questions = (await readCourse(SAMPLE)).items.map(({ question }) => question);
    expect(questions).toContain("When might you want to use one sampling algorithm over the other?");
    expect(questions.some((question) => question.includes("The CARDINAL isn't just a lawn decoration"))).toBe(
      true,
    );
  });

  test.each(Object.keys(courseJsonSchemas()))("%s is what the schema in code says", async (name) => {
    expect(JSON.parse(await readFile(join(SAMPLE, name), "utf8"))).toEqual(courseJsonSchemas()[name]);
  });
});

describe("checkCourse names file, line and what to do", () => {
  const METHODS = "items/decoding-methods.yaml";

  test("for a misspelt key", async () => {
    const problems = await problemsWith(METHODS, (text) =>
      text.replace("    kind: discussion", "    knid: discussion"),
    );
    expect(problems[0]).toMatchObject({ file: METHODS, line: 3 });
    expect(problems[0]?.message).toContain("items.0.kind");
  });

  test("for YAML that can't be read", async () => {
    const problems = await problemsWith(METHODS, (text) => text.replace("items:", "items: ["));
    expect(problems[0]?.file).toBe(METHODS);
    expect(problems[0]?.message).toMatch(/^This is no YAML: /);
  });

  test("for a second right choice in a single-choice item", async () => {
    const problems = await problemsWith(METHODS, (text) =>
      text.replace(
        "- text: Sampling at temperature 1.5",
        "- text: Sampling at temperature 1.5\n        correct: true",
      ),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toBe(
      "method-for-translation: 2 choices are marked correct: true; a single choice needs exactly one. Several: make it kind: multiple.",
    );
    expect(problems[0]?.line).toBeGreaterThan(10);
  });

  test("for a partner that does not name the item in turn", async () => {
    const problems = await problemsWith(METHODS, (text) =>
      text.replace("    partner: method-for-story\n", ""),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'method-for-story: "method-for-translation" does not name it as partner in turn. Add partner: method-for-story there.',
    ]);
  });

  test("for an objective nobody declared and one nobody tests", async () => {
    const problems = await problemsWith("objectives.yaml", (text) =>
      text.replace("id: pretrained.open-data", "id: pretrained.licences"),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('olmo-open-data: objective "pretrained.open-data" is not in objectives.yaml.'),
      expect.stringContaining('open-data-use: objective "pretrained.open-data" is not in objectives.yaml.'),
      'No item tests "pretrained.licences". Write one, or take the objective out.',
    ]);
  });

  test("for an id used twice", async () => {
    const problems = await problemsWith(METHODS, (text) =>
      text.replace("id: method-for-story", "id: greedy-definition"),
    );
    expect(
      problems.some(({ message }) => message.startsWith('The id "greedy-definition" stands already in')),
    ).toBe(true);
  });
});
