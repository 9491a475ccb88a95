import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createReload } from "../../src/adapters/cli/reload-on-change.ts";
import { loadConfig } from "../../src/config.ts";
import { liveCourses } from "../../src/operation/reload.ts";

function running(yaml: string) {
  const directory = mkdtempSync(join(tmpdir(), "cloze-reload-"));
  const write = (text: string, env = "") => {
    writeFileSync(join(directory, "cloze.yaml"), text);
    writeFileSync(join(directory, ".env"), env);
  };
  write(yaml);
  const load = (from: string) => loadConfig(from, {});
  const config = load(directory);
  const courses = liveCourses(config.courses);
  let said = "";
  const tell = (text: string) => {
    said += text;
  };
  const terminal = { stdout: { write: tell }, stderr: { write: tell } };
  const look = createReload({ directory, config, courses, terminal: terminal as never, load });
  return {
    courses,
    /** Saves the files and looks at them; @returns what the operator is told. */
    save(text: string, env?: string) {
      write(text, env);
      said = "";
      look();
      return said;
    },
  };
}

test("limits, roles, the word list and whose votes count change while Cloze runs", () => {
  const { courses, save } = running("courses: [{ id: nlp }]");
  const said = save(
    "courses: [{ id: nlp, wordList: false, guestsMayVote: false, limits: { perPersonPerMinute: 2 }, roles: { discord: { teacher: ['9'] } } }]",
  );
  expect(courses.get("nlp")).toMatchObject({
    wordList: false,
    guestsMayVote: false,
    limits: { perPersonPerMinute: 2, perChannelPerMinute: 60 },
    roles: { discord: { teacher: ["9"] } },
  });
  expect(said).toMatch(/courses\.nlp\.roles.*courses\.nlp\.limits: changed, from now on/);
});

test("channels, addresses, tokens and new courses are named as waiting for a restart, once", () => {
  const { courses, save } = running("courses: [{ id: nlp }]");
  const yaml =
    "publicAddress: https://x.org\ncourses: [{ id: nlp, channels: { web: [lab] }, limits: { perPersonPerMinute: 2 } }, { id: second, channels: { web: [two] } }]";
  const said = save(yaml, "CLOZE_LOG_LEVEL=debug");
  expect(said).toContain("logLevel, web, courses.second, courses.nlp.channels: changed, but need a restart");
  expect(courses.all().map(({ id }) => id)).toEqual(["nlp"]);
  expect(courses.get("nlp").channels).toEqual([]);
  // What can be taken is taken all the same.
  expect(courses.get("nlp").limits.perPersonPerMinute).toBe(2);
  expect(save(yaml, "CLOZE_LOG_LEVEL=debug")).toBe("");
});

test("a file that can't be used changes nothing and is told with its line; mended, it counts", () => {
  const { courses, save } = running("courses: [{ id: nlp, wordList: false }]");
  const said = save("courses:\n  - id: nlp\n    wordList: perhaps\n");
  expect(said).toContain('cloze.yaml:3: courses.0.wordList is "perhaps"; it must be true or false.');
  expect(said).toContain("not taken over");
  expect(courses.get("nlp").wordList).toBe(false);
  save("courses: [{ id: nlp, wordList: true }]");
  expect(courses.get("nlp").wordList).toBe(true);
});
