import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readArguments } from "../../../src/adapters/cli/command-arguments.ts";
import { withFiles } from "../../../src/adapters/cli/read-files.ts";
import { examplesAdd } from "../../../src/bot/commands/examples-give.ts";

const folder = mkdtempSync(join(tmpdir(), "cloze-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (...words: string[]) => withFiles(examplesAdd, readArguments(examplesAdd, words)).options;

test("@path is read in an option whose text is usually a file's, and is plain text elsewhere", () => {
  const path = join(folder, "mail.csv");
  writeFileSync(path, "text,label\nhello,ham\n");
  expect(read("--set", "mail", "--list", `@${path}`)).toEqual({
    set: "mail",
    list: "text,label\nhello,ham\n",
  });
  expect(read("--set", "mail", "--text", `@${path}`, "--label", "ham")).toMatchObject({ text: `@${path}` });
});

test("a file that is not there is refused with its name", () => {
  expect(() => read("--set", "mail", "--list", "@nothing.csv")).toThrow(
    /--list names a file that can't be read: ENOENT.*nothing\.csv/,
  );
});
