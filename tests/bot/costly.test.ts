import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allCommands } from "../../src/bot/commands/all-commands.ts";
import { atLeast } from "../../src/bot/people/roles.ts";

const FOLDER = fileURLToPath(new URL("../../src/bot/commands/", import.meta.url));
/** What makes a model or its tokenizer work. Names of models cost nothing to speak of. */
const MODEL_WORK =
  /\b(?:generate|nextTokenLogits|scoreContinuations|textScorer|encoders|encode[A-Z]\w*|embed\w*|tokenize|wordPieces)\s*[(.]/;

test("every command of students' that makes a model work counts against the limits", () => {
  const working = readdirSync(FOLDER)
    .map((file) => readFileSync(FOLDER + file, "utf8"))
    .filter((source) => /\bengine\b/.test(source) && MODEL_WORK.test(source))
    .flatMap((source) => /defineCommand\(\{\s*name: "([^"]+)"/.exec(source)?.[1] ?? []);
  // The commands that the search must find, or it finds nothing.
  expect(working).toEqual(expect.arrayContaining(["generate", "compare", "distribution", "tree", "tokens"]));
  const free = allCommands.filter(
    ({ name, costly, role = "student" }) => working.includes(name) && !costly && !atLeast(role, "assistant"),
  );
  expect(free.map(({ name }) => name)).toEqual([]);
});
