import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { StoreError } from "../../bot/store/errors.ts";
import type { openConfiguredStore } from "../../bot/store/open-store.ts";
import { ConfigError } from "../../config/problems.ts";
import { addedModelsPath, type Config, loadConfig } from "../../config.ts";
import { DEFAULT_LIMITS } from "../../engine/create-engine.ts";
import { EngineError } from "../../engine/errors.ts";
import { type CatalogueEntry, readCatalogue } from "../../engine/models/catalogue.ts";
import { readAddedModels } from "../../engine/models/hub/added-models.ts";
import { verifyFiles } from "../../engine/models/model-files.ts";
import { clockAgainst } from "./doctor-clock.ts";

/** One line of the report. */
export interface Finding {
  readonly level: "ok" | "warning" | "error";
  readonly about: string;
  /** What was found, and what to do when it is not ok. */
  readonly message: string;
}

export interface DoctorParts {
  /** Where `.env` and `cloze.yaml` lie. */
  readonly directory: string;
  /** The process's environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly modelsDirectory: string;
  /** The Node version the lock file pins, and the one that runs. */
  readonly pinnedNode: string;
  readonly runningNode: string;
  readonly openStore: typeof openConfiguredStore;
  /** Whether the platforms themselves are asked, over the network. */
  readonly online: PlatformChecks | undefined;
  /** Memory that this process may still take, in bytes; in a container the container's. */
  readonly availableBytes: number;
  /** Told how far the hashing of a model is, for large ones take a while. */
  readonly onProgress?: (text: string) => void;
}

/** Asks a platform about tokens, permissions and scopes. Loaded by the caller, so that the rest needs no client. */
export interface PlatformChecks {
  discord(config: Config): AsyncIterable<Omit<Finding, "about">>;
  slack(config: Config): AsyncIterable<Omit<Finding, "about">>;
  /** Addresses whose clocks are compared with this machine's. */
  readonly clocks: { readonly discord: string; readonly slack: string };
  /** Milliseconds since 1970. */
  now(): number;
}

const LOW_DISK_BYTES = 500e6;
/** What Node, the libraries and the classroom take without any model: 167 to 186 MB were measured (docs/operation.md). */
const BASE_BYTES = 200e6;
/** How many times their files' size loaded models take with their working space; from the same measurement. */
const MODEL_FACTOR = 4.8;

/**
 * Looks at everything Cloze needs. Findings come as they are made, since hashing the models takes seconds.
 * Nothing is changed, but for the data directory, which is made when it is missing.
 */
export async function* examine(parts: DoctorParts): AsyncGenerator<Finding> {
  yield nodeVersion(parts);
  const config = yield* configuration(parts);
  if (config) {
    yield* courses(config);
    yield* dataDirectory(config.dataDirectory);
    yield await store(config, parts.openStore);
    yield* platforms(config, parts.online);
  }
  yield* models(parts, config && addedModelsPath(config));
}

function nodeVersion({ pinnedNode, runningNode }: DoctorParts): Finding {
  if (runningNode === pinnedNode) return { level: "ok", about: "node", message: `${runningNode}, as pinned` };
  return {
    level: "warning",
    about: "node",
    message: `${runningNode} runs, ${pinnedNode} is pinned and tested. Start Cloze with npm start or npx cloze.`,
  };
}

function* configuration({ directory, variables }: DoctorParts): Generator<Finding, Config | undefined> {
  try {
    const config = loadConfig(directory, variables);
    const files = [".env", "cloze.yaml"].filter((name) => existsSync(`${directory}/${name}`));
    const from = files.length > 0 ? files.join(" and ") : "nothing but defaults";
    yield { level: "ok", about: "configuration", message: `read from ${from}` };
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { where, setting, message } of error.problems) {
      yield { level: "error", about: "configuration", message: `${where}: ${setting} ${message}` };
    }
    return undefined;
  }
}

function* courses(config: Config): Generator<Finding> {
  for (const { name, timeZone } of config.courses) {
    const now = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "medium", timeStyle: "short" });
    yield {
      level: "ok",
      about: "clock",
      message: `in ${timeZone} (course ${name}) it is ${now.format(Date.now())}; scheduled things follow this clock`,
    };
  }
}

function* dataDirectory(path: string): Generator<Finding> {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    yield {
      level: "error",
      about: "data",
      message: `${path} can't be written (${(error as Error).message}). Give this user write permission, or set CLOZE_DATA_DIR.`,
    };
    return;
  }
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  yield free < LOW_DISK_BYTES
    ? {
        level: "warning",
        about: "data",
        message: `${path} has ${megabytes(free)} of free space left; make some.`,
      }
    : { level: "ok", about: "data", message: `${path}, ${megabytes(free)} free` };
}

/** Opened as a start would open it: the data directory's, or with REDIS_URL the one in Redis. */
async function store(config: Config, openStore: DoctorParts["openStore"]): Promise<Finding> {
  try {
    const { store, place, durability } = await openStore(config);
    await store.close();
    const level = durability.isFull ? "ok" : "warning";
    return { level, about: "store", message: `${place} opens. ${durability.message}` };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === "store-in-use") {
      return { level: "ok", about: "store", message: "is in use by a Cloze that is running" };
    }
    return { level: "error", about: "store", message: error.message };
  }
}

async function* platforms(config: Config, online: PlatformChecks | undefined): AsyncGenerator<Finding> {
  const { web } = config;
  const off = "no token is set, so Cloze does not go there";
  for (const about of ["discord", "slack"] as const) {
    if (!config[about]) yield { level: "ok", about, message: off };
    else if (!online) yield { level: "ok", about, message: "a token is set; it was not tried (--offline)" };
    else {
      for await (const finding of online[about](config)) yield { about, ...finding };
      const clock = await clockAgainst(online.clocks[about], online.now);
      if (clock) yield clock;
    }
  }
  const open = web.host === "127.0.0.1" ? "this machine only" : `the network (${web.host})`;
  yield { level: "ok", about: "web", message: `port ${web.port}, for ${open}` };
}

async function* models(
  { modelsDirectory, availableBytes, onProgress = () => {} }: DoctorParts,
  addedModels: string | undefined,
): AsyncGenerator<Finding> {
  let catalogue: readonly CatalogueEntry[];
  try {
    const added = addedModels === undefined ? [] : readAddedModels(addedModels);
    catalogue = [...readCatalogue(modelsDirectory), ...added];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    yield { level: "error", about: "models", message: error.message };
    return;
  }
  let bytes = 0;
  for (const entry of catalogue) {
    const { id } = entry.description;
    const size = entry.files.reduce((sum, file) => sum + file.bytes, 0);
    bytes += size;
    let read = 0;
    let told = 0;
    const problems = await verifyFiles(entry, (more) => {
      read += more;
      const percent = Math.floor((100 * read) / size);
      if (percent > told) onProgress(`hashing model ${id}: ${percent} % of ${megabytes(size)}`);
      told = percent;
    });
    for (const { message } of problems) yield { level: "error", about: `model ${id}`, message };
    if (problems.length === 0) {
      const message = `${entry.files.length} files, ${megabytes(size)}, sizes and hashes as in the manifest`;
      yield { level: "ok", about: `model ${id}`, message };
    }
  }
  yield memory(bytes, availableBytes);
}

/** Everything may be in use at once: the models with their working space, and the KV memory at its limit. */
function memory(fileBytes: number, availableBytes: number): Finding {
  const modelBytes = fileBytes * MODEL_FACTOR;
  const kvBytes = (DEFAULT_LIMITS.kvMemoryMb + DEFAULT_LIMITS.prefixCacheMb) * 1e6;
  const needed = modelBytes + kvBytes + BASE_BYTES;
  const sum = `${megabytes(needed)} (models ${megabytes(modelBytes)}, running requests up to ${megabytes(kvBytes)}, Cloze itself ${megabytes(BASE_BYTES)})`;
  if (availableBytes >= needed) {
    return {
      level: "ok",
      about: "memory",
      message: `${megabytes(availableBytes)} available; at most ${sum} are used`,
    };
  }
  const level = availableBytes < modelBytes + BASE_BYTES ? "error" : "warning";
  return {
    level,
    about: "memory",
    message: `${megabytes(availableBytes)} available, and a full class can take ${sum}. Close other programs, or give the machine or container more.`,
  };
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
