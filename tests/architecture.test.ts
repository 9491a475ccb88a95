import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Lints one planted file inside `folder` with the project's own configuration. */
function lintPlanted(folder: string, code: string): string {
  const directory = mkdtempSync(join(root, folder, "planted-"));
  try {
    const file = join(directory, "planted.ts");
    writeFileSync(file, code);
    const result = spawnSync("biome", ["lint", "--vcs-enabled=false", file], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH}` },
    });
    return `${result.status} ${result.stdout}${result.stderr}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test.each([
  [
    "src/engine",
    'import { UserError } from "../../bot/errors.ts";\nthrow new UserError("a", "b");\n',
    "engine knows nothing of chat",
  ],
  [
    "src/bot",
    'import type { Adapter } from "../../adapters/adapter.ts";\nexport type A = Adapter;\n',
    "bot knows no platform",
  ],
  [
    "src/bot",
    'import { Client } from "discord.js";\nnew Client({ intents: [] });\n',
    "bot knows no platform",
  ],
])("a backward import planted in %s fails the lint", (folder, code, message) => {
  const output = lintPlanted(folder, code);
  expect(output).toMatch(/^1 /);
  expect(output).toContain(message);
});

test("the same file without the import passes the lint", () => {
  expect(lintPlanted("src/engine", "export const answer = 42;\n")).toMatch(/^0 /);
});
