import { mkdirSync, statfsSync, statSync } from "node:fs";
import { EngineError } from "../../errors.ts";
import type { chooseFiles } from "./choose-files.ts";
import { type Dtype, memoryFactor } from "./dtypes.ts";
import type { CachedRepository } from "./hub-cache.ts";
import type { sizesOf } from "./hub-config.ts";
import type { HubFile } from "./hub-files.ts";

/** What adding will cost, told before anything large is fetched. */
export interface DownloadPlan {
  readonly id: string;
  readonly commit: string;
  readonly dtype: Dtype;
  /** Every quantisation there is, with the bytes of its graphs. */
  readonly available: Readonly<Partial<Record<Dtype, number>>>;
  readonly files: readonly HubFile[];
  /** Of these, what is not in the cache yet. */
  readonly missingBytes: number;
  /** What the weights take in memory, about. */
  readonly weightBytes: number;
  /** What the keys and values of one token take; 0 where none are kept. */
  readonly bytesPerToken: number;
}

/** What must stay free on the disk. */
const MARGIN_BYTES = 200e6;

/** @param keepsKeys Whether the model keeps keys and values of what it has read. */
export function planOf(
  id: string,
  commit: string,
  { dtype, files, graphBytes, available }: ReturnType<typeof chooseFiles>,
  sizes: ReturnType<typeof sizesOf>,
  keepsKeys: boolean,
  cache: CachedRepository,
): DownloadPlan {
  const isHere = ({ hash, bytes }: HubFile) =>
    statSync(cache.blob(hash), { throwIfNoEntry: false })?.size === bytes;
  return {
    id,
    commit,
    dtype,
    available,
    files,
    missingBytes: files.filter((file) => !isHere(file)).reduce((sum, { bytes }) => sum + bytes, 0),
    weightBytes: graphBytes * memoryFactor(dtype),
    bytesPerToken: keepsKeys ? sizes.layers * 2 * sizes.kvHeads * sizes.headDim * 4 : 0,
  };
}

/**
 * @param needed Bytes that will be written.
 * @throws {EngineError} "disk-full"
 */
export function checkDisk(directory: string, needed: number, freeBytes: (directory: string) => number): void {
  mkdirSync(directory, { recursive: true });
  const free = freeBytes(directory);
  if (needed === 0 || free >= needed + MARGIN_BYTES) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString("en")} MB`;
  throw new EngineError(
    "disk-full",
    `The download needs ${megabytes(needed)}, and ${directory} has ${megabytes(free)} free, of which ${megabytes(MARGIN_BYTES)} must stay. Make room, choose a smaller --dtype, or set HF_HUB_CACHE to another disk.`,
    { needed, free, directory },
  );
}

/** Bytes free on the disk of a directory. */
export function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
