import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../bot/errors.ts";
import { backUp, restore } from "../../bot/store/backup.ts";
import type { Config } from "../../config.ts";

interface Asked {
  readonly words: readonly string[];
  readonly config: Config;
  readonly say: (line: string) => void;
  readonly now: number;
}

/** `cloze backup [FILE]`; without a name one with the time in the present directory. */
export async function backupCommand({ words, config, say, now }: Asked): Promise<void> {
  const { file } = read(words, "cloze backup [FILE]", false);
  const name = `cloze-backup-${new Date(now).toISOString().replaceAll(":", "-").slice(0, 19)}Z.db`;
  const { records, bytes, file: written } = await backUp(config, resolve(file ?? name));
  say(`${records} records, ${(bytes / 1e6).toFixed(1)} MB: ${written}`);
}

/** `cloze restore FILE [--replace]` */
export async function restoreCommand({ words, config, say, now }: Asked): Promise<void> {
  const usage = "cloze restore FILE [--replace]";
  const { file, replace } = read(words, usage, true);
  if (file === undefined) throw usageError("Which backup?", usage);
  const { records, kept } = await restore(config, resolve(file), { replace, now });
  say(`${records} records restored.${kept === undefined ? "" : ` What was there before: ${kept}`}`);
}

function read(words: readonly string[], usage: string, mayReplace: boolean) {
  const options = mayReplace ? { replace: { type: "boolean", default: false } } : {};
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: options as { replace: { type: "boolean"; default: boolean } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error(`One file, not ${positionals.length}.`);
    return { file: positionals[0], replace: values.replace ?? false };
  } catch (error) {
    throw usageError((error as Error).message, usage);
  }
}

function usageError(problem: string, usage: string): UserError {
  return new UserError("arguments-invalid", `${problem} Usage: ${usage}`, { usage });
}
