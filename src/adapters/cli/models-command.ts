import { rmSync } from "node:fs";
import { freemem } from "node:os";
import { parseArgs } from "node:util";
import { UserError } from "../../bot/errors.ts";
import { suggest } from "../../bot/suggest.ts";
import type { ModelDescription } from "../../engine/models/catalogue.ts";
import { addModel } from "../../engine/models/hub/add-model.ts";
import { forgetModel, readAddedModels, recordModel } from "../../engine/models/hub/added-models.ts";
import type { DownloadPlan } from "../../engine/models/hub/download-plan.ts";
import { DTYPES, type Dtype } from "../../engine/models/hub/dtypes.ts";
import { cachedFolder } from "../../engine/models/hub/hub-cache.ts";
import { createHubHttp } from "../../engine/models/hub/hub-http.ts";
import type { HubSettings } from "../../engine/models/hub/hub-settings.ts";
import { convertModel } from "./convert-model.ts";
import { createProgressLine } from "./progress-line.ts";

export interface ModelsRequest {
  readonly words: readonly string[];
  readonly hub: HubSettings;
  /** The list of added models. */
  readonly listPath: string;
  /** Where converted models are put, each in a folder of its own. */
  readonly convertedDirectory: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const USAGE =
  "It is: cloze models list; cloze models add ORGANISATION/NAME[@REVISION] [--dtype DTYPE]; cloze models remove NAME [--files]; cloze models convert FOLDER-OR-NAME [--id ID] [--python PYTHON] [--float32].";

/**
 * `cloze models add | remove | convert`.
 * @throws {UserError} "models-usage"; {EngineError} what adding and converting refuse
 */
export async function modelsCommand(request: ModelsRequest): Promise<void> {
  const { words, say } = request;
  const [verb = "", ...rest] = words;
  const { positionals, values } = parse(rest);
  const [name, ...more] = positionals;
  const isAllowed = (flag: string) => FLAGS[verb]?.includes(flag);
  const strange = Object.keys(values).find((flag) => !isAllowed(flag));
  if (!(verb in FLAGS) || name === undefined || more.length > 0 || strange !== undefined) {
    throw usage(`cloze models ${words.join(" ")}`);
  }
  if (verb === "remove") remove(request, name, values.files === true);
  else if (verb === "convert") await convertModel(request, { source: name, ...values });
  else say(`Try: ${tryOut(await download(request, name, readDtype(values.dtype)))}`);
}

/** Brings one model into the list, telling what it costs and how far it is. */
export async function download(
  { hub, listPath, say, signal }: Pick<ModelsRequest, "hub" | "listPath" | "say" | "signal">,
  name: string,
  dtype?: Dtype,
): Promise<ModelDescription> {
  const line = createProgressLine(say);
  const model = await addModel(hub, createHubHttp(hub), name, {
    dtype,
    signal,
    onPlan: (plan) => {
      for (const text of costs(plan)) say(text);
    },
    onProgress: line,
  });
  recordModel(listPath, model);
  const { description } = model;
  say(
    `Added ${description.id}: ${description.family}, ${description.kind}, ${description.licence}, ${description.contextLength.toLocaleString("en")} tokens of context.`,
  );
  return description;
}

const FLAGS: Record<string, readonly string[]> = {
  add: ["dtype"],
  remove: ["files"],
  convert: ["id", "python", "float32"],
};

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        dtype: { type: "string" },
        files: { type: "boolean" },
        id: { type: "string" },
        python: { type: "string" },
        float32: { type: "boolean" },
      },
    });
  } catch (error) {
    throw usage((error as Error).message.split(". ")[0] ?? "");
  }
}

function usage(given: string): UserError {
  return new UserError("models-usage", `${given}: ${USAGE}`, { given });
}

function readDtype(given: string | undefined): Dtype | undefined {
  const found = DTYPES.find((dtype) => dtype === given);
  if (given === undefined || found) return found;
  const near = suggest(given, DTYPES);
  throw new UserError(
    "option-invalid",
    `--dtype is "${given}"; it must be one of ${DTYPES.join(", ")}.${near ? ` Did you mean ${near}?` : ""}`,
    { option: "dtype", given, allowed: DTYPES },
  );
}

function costs({
  id,
  commit,
  dtype,
  available,
  files,
  missingBytes,
  weightBytes,
  bytesPerToken,
}: DownloadPlan) {
  const others = Object.entries(available)
    .filter(([name]) => name !== dtype)
    .map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const keys =
    bytesPerToken > 0 ? `, and ${megabytes(bytesPerToken * 1000)} for each 1,000 tokens of a text` : "";
  return [
    `${id}, commit ${commit.slice(0, 12)}`,
    `Weights     ${dtype}${others.length > 0 ? ` (also there: ${others.join(", ")})` : ""}`,
    `Download    ${megabytes(missingBytes)}${megabytes(missingBytes) !== megabytes(total) ? ` of ${megabytes(total)}; the rest is in the cache` : ""}`,
    `Memory      about ${megabytes(weightBytes)} when it runs${keys}`,
    ...(weightBytes > freemem()
      ? [
          `Careful     this machine has ${megabytes(freemem())} free: choose a smaller --dtype, or close other programs.`,
        ]
      : []),
  ];
}

function remove({ listPath, hub, say }: ModelsRequest, id: string, withFiles: boolean): void {
  const added = readAddedModels(listPath);
  const found = forgetModel(listPath, id);
  if (!found) {
    const names = added.map(({ description }) => description.id);
    const list = names.length > 0 ? `Added models: ${names.join(", ")}.` : "No model was added.";
    throw new UserError("model-not-added", `"${id}" was not added, so it can't be removed. ${list}`, {
      id,
      names,
    });
  }
  if (found.layout === "cloze") {
    // Converted here, and nobody else's.
    rmSync(found.directory, { recursive: true, force: true });
    say(`Removed ${id} and its files.`);
    return;
  }
  const folder = cachedFolder(hub.cacheDirectory, id);
  if (withFiles) rmSync(folder, { recursive: true, force: true });
  say(
    withFiles
      ? `Removed ${id} and ${folder}.`
      : `Removed ${id}. Its files stay in the cache, ${folder}; --files deletes them too.`,
  );
}

function tryOut({ id, family, kind }: ModelDescription): string {
  if (kind === "masked") return `npx cloze fillmask "Paris is the [MASK] of France." --model ${id}`;
  if (kind === "sentence-encoder")
    return `npx cloze similarity --a "One sentence." --b "Another." --model ${id}`;
  const prompt =
    family === "encoder-decoder" ? "translate English to German: The house is wonderful." : "The nice woman";
  return `npx cloze generate "${prompt}" --model ${id}`;
}

export function megabytes(bytes: number): string {
  if (bytes > 0 && bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
