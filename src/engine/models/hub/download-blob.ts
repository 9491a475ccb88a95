import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../../errors.ts";
import { lockDownload } from "./download-lock.ts";
import type { CachedRepository } from "./hub-cache.ts";
import type { HubFile } from "./hub-files.ts";
import { type HubHttp, MAX_ATTEMPTS, retryAfter, unreachable } from "./hub-http.ts";

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of this file that are on disk. */
  readonly onProgress?: (bytes: number) => void;
  /** Calls back when nothing has come for so long that the connection is given up; returns how to call it off. */
  readonly watch?: (giveUp: () => void) => () => void;
}

const STALLED_AFTER_MS = 60_000;

/**
 * Brings one file into the cache: what an earlier attempt left is continued, and a file only gets its name once its
 * size and hash are those that the repository's commit states.
 * @throws {EngineError} what `HubHttp` throws; "hub-interrupted", "hub-wrong-contents", "hub-locked"
 */
export async function downloadBlob(
  http: HubHttp,
  repository: CachedRepository,
  source: string,
  file: HubFile,
  options: DownloadOptions = {},
): Promise<void> {
  const blob = repository.blob(file.hash);
  if (statSync(blob, { throwIfNoEntry: false })?.size === file.bytes) return;
  const unlock = lockDownload(repository.lock(file.hash), file.path);
  try {
    const partial = `${blob}.incomplete`;
    mkdirSync(dirname(blob), { recursive: true });
    let isContinued = sizeOf(partial) > 0;
    while (true) {
      await fill(http, source, partial, file, options);
      if ((await hashOf(partial, file)) === file.hash) break;
      rmSync(partial);
      // The beginning may have been another program's; from now on every byte is ours.
      if (!isContinued) throw wrongContents(file);
      isContinued = false;
    }
    renameSync(partial, blob);
  } finally {
    unlock();
  }
}

/** Makes `partial` as long as the file; a cut connection is taken up again where it broke. */
async function fill(
  http: HubHttp,
  source: string,
  partial: string,
  file: HubFile,
  options: DownloadOptions,
): Promise<void> {
  if (sizeOf(partial) > file.bytes) truncateSync(partial);
  if (file.bytes === 0) closeSync(openSync(partial, "w"));
  for (let attempt = 1; sizeOf(partial) < file.bytes; attempt++) {
    const before = sizeOf(partial);
    let problem: unknown;
    try {
      await append(http, source, partial, file, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      problem = error;
      if (retryAfter(error, 1) === undefined) throw error;
    }
    const size = sizeOf(partial);
    if (size >= file.bytes) break;
    if (size > before) attempt = 0;
    if (attempt >= MAX_ATTEMPTS) throw interrupted(file, size, problem);
    await http.pause(retryAfter(problem, Math.max(1, attempt)) ?? 0, options.signal);
  }
}

/** One request for the rest of the file. */
async function append(
  http: HubHttp,
  source: string,
  partial: string,
  file: HubFile,
  { signal, onProgress, watch = watchClock }: DownloadOptions,
): Promise<void> {
  const stalled = new AbortController();
  const giveUp = () => stalled.abort(new Error("nothing came any more"));
  const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  let size = sizeOf(partial);
  // Compressed on the way, a range would be one of other bytes.
  const headers = { "accept-encoding": "identity", ...(size > 0 ? { range: `bytes=${size}-` } : {}) };
  let unwatch = watch(giveUp);
  try {
    const response = await http.get(source, headers, either);
    const isRest = response.status === 206 && rangeStart(response) === size;
    if (!isRest) size = 0;
    const output = openSync(partial, isRest ? "a" : "w");
    try {
      for await (const chunk of response.body ?? []) {
        unwatch();
        size += chunk.byteLength;
        if (size > file.bytes) throw wrongContents(file);
        for (let done = 0; done < chunk.byteLength; ) done += writeSync(output, chunk, done);
        onProgress?.(size);
        unwatch = watch(giveUp);
      }
    } finally {
      closeSync(output);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EngineError) throw error;
    throw unreachable("The Hub", error);
  } finally {
    unwatch();
  }
}

function watchClock(giveUp: () => void): () => void {
  const timer = setTimeout(giveUp, STALLED_AFTER_MS);
  return () => clearTimeout(timer);
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? -1);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** SHA-256, or git's SHA-1 of the blob, as the length of the expected hash tells. */
export async function hashOf(
  path: string,
  { hash, bytes }: Pick<HubFile, "hash" | "bytes">,
): Promise<string> {
  const digest = createHash(hash.length === 64 ? "sha256" : "sha1");
  if (hash.length === 40) digest.update(`blob ${bytes}\0`);
  await pipeline(createReadStream(path), digest);
  return digest.digest("hex");
}

function wrongContents(file: HubFile): EngineError {
  return new EngineError(
    "hub-wrong-contents",
    `What came as ${file.path} is not the file that the repository's commit names (${file.bytes.toLocaleString("en")} bytes, hash ${file.hash.slice(0, 12)}…). It was thrown away. Try again; if it happens again, the mirror or a proxy changes files.`,
    { path: file.path, bytes: file.bytes, hash: file.hash },
  );
}

function interrupted(file: HubFile, size: number, cause: unknown): EngineError {
  const percent = Math.floor((100 * size) / file.bytes);
  return new EngineError(
    "hub-interrupted",
    `The download of ${file.path} broke off ${MAX_ATTEMPTS} times without getting further; ${percent} % is kept. The same command goes on from there.`,
    { path: file.path, bytes: size, expectedBytes: file.bytes },
    cause,
  );
}
