import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const here = import.meta.dirname;
const readme = readFileSync(`${here}/../../fakes/slack/README.md`, "utf8");
const rows = [...readme.matchAll(/^\| (.+?) +\| (docs\.slack\.dev\/\S+) +\| ([a-z-]+): "(.+)" +\|$/gm)];

describe("the README's table", () => {
  test("has a page and a test for each rule", () => {
    const tableLines = readme.split("\n").filter((line) => /^\| (?!Rule|-)/.test(line));
    expect(rows.length).toBe(tableLines.length);
    expect(rows.length).toBeGreaterThan(70);
  });

  test.each(rows.map(([, rule, , file, title]) => [rule!, file!, title!]))(
    "names a test that exists for: %s",
    (_rule, file, title) => {
      const source = readFileSync(`${here}/${file}.test.ts`, "utf8").replaceAll('\\"', '"');
      expect(source).toContain(title);
    },
  );
});
