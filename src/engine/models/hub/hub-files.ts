import { z } from "zod";
import { EngineError } from "../../errors.ts";
import type { HubHttp } from "./hub-http.ts";
import type { RepositoryName } from "./repository-name.ts";

/** A file of a repository at one commit. */
export interface HubFile {
  /** With "/" between folders; never leads out of the repository (see `isSafePath`). */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the contents for large files, git's SHA-1 of the blob for small ones: 64 or 40 hexadecimal digits. */
  readonly hash: string;
}

/** What the Hub tells of a repository. */
export interface HubInfo {
  readonly commit: string;
  readonly licence: string | undefined;
  readonly baseModel: string | undefined;
  /** Data sets that its page names as its training data. */
  readonly datasets: readonly string[];
  readonly tags: readonly string[];
  readonly parameters: number | undefined;
}

const COMMIT = /^[0-9a-f]{40}$/;
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const PAGES = 50;

const textOrList = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .catch(undefined);
const info = z.looseObject({
  sha: z.string().regex(COMMIT),
  tags: z.array(z.string()).catch([]),
  cardData: z
    .looseObject({ license: textOrList, base_model: textOrList, datasets: textOrList })
    .nullish()
    .catch(undefined),
  safetensors: z.looseObject({ total: z.number().optional() }).nullish().catch(undefined),
});
const entries = z.array(
  z.looseObject({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative().optional(),
    oid: z.string().optional(),
    lfs: z.looseObject({ oid: z.string(), size: z.int().nonnegative() }).nullish(),
  }),
);

/** @throws {EngineError} what `HubHttp` throws; "hub-answer" */
export async function readInfo(http: HubHttp, name: RepositoryName, signal?: AbortSignal): Promise<HubInfo> {
  const path = `/api/models/${name.id}/revision/${encodeURIComponent(name.revision)}`;
  const { sha, tags, cardData, safetensors } = await read(info, await http.getPatiently(path, signal), path);
  const licence = list(cardData?.license)[0] ?? tags.find((tag) => tag.startsWith("license:"))?.slice(8);
  return {
    commit: sha,
    licence,
    baseModel: list(cardData?.base_model)[0],
    datasets: list(cardData?.datasets),
    tags,
    parameters: safetensors?.total,
  };
}

/**
 * Every file of a repository at a commit. Files whose path could lead out of a folder are left out: nobody needs them,
 * and no honest repository has them.
 * @throws {EngineError} what `HubHttp` throws; "hub-answer"
 */
export async function listFiles(
  http: HubHttp,
  id: string,
  commit: string,
  signal?: AbortSignal,
): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  let path: string | undefined = `/api/models/${id}/tree/${commit}?recursive=true&expand=false`;
  for (let page = 0; path !== undefined && page < PAGES; page++) {
    const response: Response = await http.getPatiently(path, signal);
    for (const { type, path: name, size, oid, lfs } of await read(entries, response, path)) {
      const hash = lfs?.oid ?? oid ?? "";
      const bytes = lfs?.size ?? size;
      if (type === "file" && bytes !== undefined && isSafePath(name) && HASH.test(hash)) {
        files.push({ path: name, bytes, hash });
      }
    }
    path = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return files;
}

/** Whether a path stays inside the folder it is joined to, on every system. */
export function isSafePath(path: string): boolean {
  return (
    path.length <= 300 &&
    path.split("/").every((part) => /^[\w.+-][\w.+ -]*$/.test(part) && part !== "." && part !== "..")
  );
}

async function read<S extends z.ZodType>(schema: S, response: Response, path: string): Promise<z.infer<S>> {
  try {
    return schema.parse(await response.json());
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new EngineError(
      "hub-answer",
      `The answer to ${path} is not the Hub's: ${reason}. Check HF_ENDPOINT.`,
      { path },
      cause,
    );
  }
}

function list(value: string | string[] | null | undefined): string[] {
  return value == null ? [] : [value].flat();
}
