import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { UserError } from "../../bot/errors.ts";
import { recordModel } from "../../engine/models/hub/added-models.ts";
import { readConvertedModel } from "../../engine/models/hub/converted-model.ts";
import { parseRepositoryName } from "../../engine/models/hub/repository-name.ts";
import type { ModelsRequest } from "./models-command.ts";

export interface Conversion {
  /** A folder with a checkpoint, or the name of one on the Hub. */
  readonly source: string;
  /** What the model will be called here; absent: the checkpoint's name. */
  readonly id?: string | undefined;
  readonly python?: string | undefined;
  /** Weights in float32 instead of 8-bit blocks. */
  readonly float32?: boolean | undefined;
}

const RECIPES = fileURLToPath(new URL("../../../models/build", import.meta.url));

/**
 * Turns a checkpoint of Llama, OLMo 2, Qwen 2 or Qwen 3 into Cloze's own layout by the recipe that made SmolLM2's
 * graph. It needs Python with the packages of models/build/requirements.txt.
 * @throws {UserError} "convert-id", "convert-python", "convert-failed"
 */
export async function convertModel(request: ModelsRequest, conversion: Conversion): Promise<void> {
  const { convertedDirectory, hub, listPath, say, signal } = request;
  const isFolder = existsSync(conversion.source);
  const source = isFolder ? resolve(conversion.source) : parseRepositoryName(conversion.source).id;
  const id = conversion.id ?? basename(source).toLowerCase();
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/.test(id)) {
    throw new UserError(
      "convert-id",
      `The model can't be called "${id}": lower-case letters, digits, ".", "-" and "_", at most 60. Give it a name with --id.`,
      { id },
    );
  }
  const directory = join(convertedDirectory, id);
  const partial = `${directory}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    const words = ["-m", "decoder.convert", source, "--output", partial, "--id", id];
    if (conversion.float32) words.push("--float32");
    const variables = {
      ...process.env,
      HF_ENDPOINT: hub.endpoint,
      HF_HUB_CACHE: hub.cacheDirectory,
      ...(hub.token === undefined ? {} : { HF_TOKEN: hub.token }),
      ...(hub.offline || isFolder ? { HF_HUB_OFFLINE: "1" } : {}),
    };
    await runPython(conversion.python ?? "python3", words, variables, say, signal);
    rmSync(directory, { recursive: true, force: true });
    renameSync(partial, directory);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  const model = await readConvertedModel(
    directory,
    `npx cloze models convert ${conversion.source} --id ${id}`,
  );
  recordModel(listPath, model);
  say(`Added ${id}. Try: npx cloze generate "The nice woman" --model ${id}`);
}

/** Runs a recipe; what it prints is said line by line. */
function runPython(
  python: string,
  words: readonly string[],
  variables: NodeJS.ProcessEnv,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(python, words, {
      cwd: RECIPES,
      env: variables,
      signal,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let last = "";
    createInterface({ input: child.stdout }).on("line", say);
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (line.trim() !== "") last = line.trim();
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.code === "ENOENT"
          ? new UserError(
              "convert-python",
              `There is no "${python}". Converting needs Python 3.11 or newer with the packages of models/build/requirements.txt and torch; name it with --python PATH.`,
              { python },
            )
          : error,
      ),
    );
    child.on("close", (code) => {
      if (code === 0) return done();
      const isLacking = /No module named '([\w.]+)'/.exec(last);
      const hint = isLacking
        ? ` Install the recipes' packages: ${python} -m pip install torch==2.13.0 -r models/build/requirements.txt`
        : "";
      fail(new UserError("convert-failed", `The conversion failed: ${last}.${hint}`, { code, last }));
    });
  });
}
