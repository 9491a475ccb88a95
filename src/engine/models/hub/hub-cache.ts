import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { EngineError } from "../../errors.ts";
import type { HubFile } from "./hub-files.ts";
import { isSafePath } from "./hub-files.ts";
import type { RepositoryName } from "./repository-name.ts";

/**
 * One repository in the cache that Hugging Face's tools share:
 * `models--org--name/{refs/<branch>, blobs/<hash>, snapshots/<commit>/<path>}`, where a snapshot's files are links to
 * blobs. Source: huggingface_hub, docs/source/en/guides/manage-cache.md.
 */
export interface CachedRepository {
  blob(hash: string): string;
  lock(hash: string): string;
  snapshot(commit: string): string;
  /** Makes a blob visible under its path. */
  link(commit: string, file: HubFile): void;
  /** The commit that a branch, tag or commit stood for when it was last asked; undefined when never. */
  commitOf(revision: string): string | undefined;
  remember(revision: string, commit: string): void;
  /** The files of a snapshot that lie here whole, by links to blobs; their hashes are the blobs' names. */
  filesOf(commit: string): readonly HubFile[];
}

const COMMIT = /^[0-9a-f]{40}$/;

/** The folder of a repository in the cache. */
export function cachedFolder(cacheDirectory: string, id: string): string {
  return join(cacheDirectory, `models--${id.replaceAll("/", "--")}`);
}

export function openCachedRepository(
  cacheDirectory: string,
  { id }: Pick<RepositoryName, "id">,
): CachedRepository {
  const root = cachedFolder(cacheDirectory, id);
  const snapshot = (commit: string) => join(root, "snapshots", commit);
  const blob = (hash: string) => join(root, "blobs", hash);
  return {
    blob,
    snapshot,
    lock: (hash) => join(cacheDirectory, ".locks", basename(root), `${hash}.cloze`),
    link: (commit, file) => {
      // Checked where the listing is read; here it is what keeps a write inside the cache.
      if (!isSafePath(file.path)) throw new Error(`unsafe path ${file.path}`);
      const path = join(snapshot(commit), ...file.path.split("/"));
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      try {
        symlinkSync(relative(dirname(path), blob(file.hash)), path);
      } catch (error) {
        // Windows without developer mode, file systems without links.
        if (!["EPERM", "ENOTSUP", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? ""))
          throw error;
        copyFileSync(blob(file.hash), path);
      }
    },
    commitOf: (revision) => {
      if (COMMIT.test(revision)) return revision;
      const path = join(root, "refs", ...revision.split("/"));
      const commit = existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
      return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
    },
    remember: (revision, commit) => {
      if (COMMIT.test(revision)) return;
      const path = join(root, "refs", ...revision.split("/"));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, commit);
    },
    filesOf: (commit) => {
      const top = snapshot(commit);
      if (!existsSync(top)) return [];
      return readdirSync(top, { recursive: true, encoding: "utf8" }).flatMap((name) => {
        const path = join(top, name);
        const stats = statSync(path, { throwIfNoEntry: false });
        const hash = stats?.isFile() ? basename(realpathSync(path)) : "";
        return stats && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)
          ? [{ path: name.split(sep).join("/"), bytes: stats.size, hash }]
          : [];
      });
    },
  };
}

/** @throws {EngineError} "hub-offline" */
export function cachedCommit(repository: CachedRepository, { id, revision }: RepositoryName): string {
  const commit = repository.commitOf(revision);
  if (commit !== undefined && existsSync(repository.snapshot(commit))) return commit;
  throw new EngineError(
    "hub-offline",
    `HF_HUB_OFFLINE is set, and ${id}@${revision} is not in the cache. Unset it once to download the model.`,
    { repository: id, revision },
  );
}
