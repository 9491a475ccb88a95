import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}docs/threat-model.md`, "utf8");

/** "- `tests/a.test.ts`: "its title"", as the page names tests. */
function named(text: string): { file: string; title: string }[] {
  return [...text.matchAll(/^- `([^`]+)`: "(.+)"$/gm)].map(([, file = "", title = ""]) => ({ file, title }));
}

function missing(text: string): string[] {
  return named(text)
    .filter(({ file, title }) => {
      const source = readFileSync(root + file, "utf8");
      return !['"', "`"].some((quote) => source.includes(`${quote}${title}${quote}`));
    })
    .map(({ file, title }) => `${file}: ${title}`);
}

test("every test that the threat model names exists", () => {
  // A list item that is written otherwise would go unchecked.
  expect(named(page)).toHaveLength(page.match(/^- /gm)!.length);
  expect(missing(page)).toEqual([]);
});

test("a test that is gone or renamed is found", () => {
  const planted = '- `tests/threat-model.test.ts`: "a test that nobody wrote\u0020here"';
  expect(missing(planted)).toHaveLength(1);
});
