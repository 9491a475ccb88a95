import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../../errors.ts";
import type { ModelFile } from "../manifest.ts";
import type { AddedModel } from "./added-models.ts";
import { chooseFiles, familyOf } from "./choose-files.ts";
import { describeRepository } from "./describe-repository.ts";
import { type DownloadOptions, downloadBlob } from "./download-blob.ts";
import { checkDisk, type DownloadPlan, freeBytesOf, planOf } from "./download-plan.ts";
import type { Dtype } from "./dtypes.ts";
import { type CachedRepository, cachedCommit, openCachedRepository } from "./hub-cache.ts";
import { chatTemplateIn, parseTransformersConfig, sizesOf } from "./hub-config.ts";
import { type HubFile, type HubInfo, listFiles, readInfo } from "./hub-files.ts";
import type { HubHttp } from "./hub-http.ts";
import type { HubSettings } from "./hub-settings.ts";
import { parseRepositoryName, type RepositoryName } from "./repository-name.ts";

export interface AddOptions extends Pick<DownloadOptions, "signal" | "watch"> {
  readonly dtype?: Dtype | undefined;
  readonly onPlan?: (plan: DownloadPlan) => void;
  /** @param done Bytes of all files of the plan that are in the cache, of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Bytes free where the cache lies; asked for the disk itself when absent. */
  readonly freeBytes?: (directory: string) => number;
}

/**
 * Brings the files of a Hub repository into the cache and says what they are. Everything is pinned to one commit;
 * the model is only usable once every file is there and is the one that the commit names.
 * @param name "organisation/name" or "organisation/name@revision".
 * @throws {EngineError} "hub-…" for what the Hub, the repository or the connection refuse; "disk-full"
 */
export async function addModel(
  settings: HubSettings,
  http: HubHttp,
  name: string,
  options: AddOptions = {},
): Promise<AddedModel> {
  const repository = parseRepositoryName(name);
  const cache = openCachedRepository(settings.cacheDirectory, repository);
  const { commit, files, info } = settings.offline
    ? offlineListing(cache, repository)
    : await onlineListing(http, repository, options.signal);
  const source = (file: HubFile) =>
    `/${repository.id}/resolve/${commit}/${file.path.split("/").map(encodeURIComponent).join("/")}`;
  const fetchFile = async (file: HubFile, onProgress?: (bytes: number) => void) => {
    const { signal, watch } = options;
    await downloadBlob(http, cache, source(file), file, {
      signal,
      ...(onProgress ? { onProgress } : {}),
      ...(watch ? { watch } : {}),
    });
    if (!settings.offline) cache.link(commit, file);
  };
  const textOf = async (path: string) => {
    const file = files.find((each) => each.path === path);
    if (!file) return undefined;
    if (file.bytes > MAX_CONFIG_BYTES) throw tooLarge(repository.id, file);
    await fetchFile(file);
    return readFileSync(cache.blob(file.hash), "utf8");
  };

  const configText = await textOf("config.json");
  if (configText === undefined) chooseFiles(files, "decoder-only", options.dtype, repository.id);
  const config = parseTransformersConfig(configText ?? "", `config.json of ${repository.id}`);
  const family = familyOf(config, repository.id);
  const chosen = chooseFiles(files, family, options.dtype, repository.id);
  const plan = planOf(repository.id, commit, chosen, sizesOf(config), family !== "encoder-only", cache);
  options.onPlan?.(plan);
  checkDisk(settings.cacheDirectory, plan.missingBytes, options.freeBytes ?? freeBytesOf);

  const total = plan.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const file of plan.files) {
    await fetchFile(file, (bytes) => options.onProgress?.(done + bytes, total));
    done += file.bytes;
    options.onProgress?.(done, total);
  }
  if (!settings.offline) cache.remember(repository.revision, commit);

  const tokenizerConfig = await textOf("tokenizer_config.json");
  const hasChatTemplate =
    files.some(({ path }) => path === "chat_template.jinja") ||
    (tokenizerConfig !== undefined && chatTemplateIn(tokenizerConfig) !== undefined);
  const baseInfo = await baseInfoOf(http, info, options.signal);
  const float32Bytes = chosen.available.fp32;
  return {
    description: describeRepository({
      id: repository.id,
      commit,
      family,
      config,
      hasChatTemplate,
      info,
      baseInfo,
      float32Bytes,
    }),
    layout: "transformers.js",
    directory: cache.snapshot(commit),
    files: await Promise.all(plan.files.map((file) => recordOf(cache, file))),
    restore: `npx cloze models add ${repository.id}@${commit} --dtype ${chosen.dtype}`,
    revision: commit,
    dtype: chosen.dtype,
  };
}

/** config.json and its like are read whole. */
const MAX_CONFIG_BYTES = 20e6;

async function onlineListing(http: HubHttp, repository: RepositoryName, signal: AbortSignal | undefined) {
  const info = await readInfo(http, repository, signal);
  const files = await listFiles(http, repository.id, info.commit, signal);
  return { commit: info.commit, files, info };
}

function offlineListing(cache: CachedRepository, repository: RepositoryName) {
  const commit = cachedCommit(cache, repository);
  return { commit, files: cache.filesOf(commit), info: undefined };
}

/** The page of an exported model often says nothing itself; that of its original may. */
async function baseInfoOf(
  http: HubHttp,
  info: HubInfo | undefined,
  signal: AbortSignal | undefined,
): Promise<HubInfo | undefined> {
  if (info?.baseModel === undefined) return undefined;
  try {
    return await readInfo(http, parseRepositoryName(info.baseModel), signal);
  } catch (error) {
    // Gated, renamed or gone: the catalogue then says less.
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** A downloaded file as the catalogue keeps it; its contents were checked against the commit. */
async function recordOf(cache: CachedRepository, { path, bytes, hash }: HubFile): Promise<ModelFile> {
  if (hash.length === 64) return { path, bytes, sha256: hash };
  const digest = createHash("sha256");
  await pipeline(createReadStream(cache.blob(hash)), digest);
  return { path, bytes, sha256: digest.digest("hex") };
}

function tooLarge(id: string, { path, bytes }: HubFile): EngineError {
  return new EngineError(
    "hub-layout",
    `${path} of ${id} has ${bytes.toLocaleString("en")} bytes, far more than such a file needs; it is not read.`,
    { id, path, bytes },
  );
}
