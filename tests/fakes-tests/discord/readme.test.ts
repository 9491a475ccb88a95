import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = import.meta.dirname;
const readme = readFileSync(join(folder, "../../fakes/discord/README.md"), "utf8");

/** Rows of the tables of rules: rule, documentation, file, title. */
const rows = [...readme.matchAll(/^\| (.+?) +\| \[.+?\]\((https:\S+)\) +\| `(\S+)`: (.+?) +\|$/gm)].map(
  ([, rule, page, file, title]) => ({ rule: rule!, page: page!, file: file!, title: title! }),
);

test("the table of rules has a row for each rule, and every row a documentation page", () => {
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter((r) => !r.page.startsWith("https://docs.discord.com/developers/"))).toEqual([]);
});

test("every test named in the table of rules exists", () => {
  const sources = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const),
  );
  const missing = rows.filter(({ file, title }) => !sources.get(file)?.includes(`"${title}"`));
  expect(missing).toEqual([]);
});
