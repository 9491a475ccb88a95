import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../errors.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import type { ModelFile } from "./manifest.ts";

/**
 * Compares the size of every file of a model with the manifest; cheap enough for every load.
 * @throws {EngineError} "model-file-missing" or "model-file-changed", naming the file and the command that restores it.
 */
export function checkFileSizes(entry: CatalogueEntry): void {
  for (const file of entry.files) {
    const problem = sizeProblem(entry, file);
    if (problem) throw problem;
  }
}

/**
 * Checks sizes and SHA-256 of every file of a model, reading all of them.
 * @param onRead Told how many bytes more have been read.
 * @returns One error for each file that is missing or changed; empty when all are as the manifest says.
 */
export async function verifyFiles(
  entry: CatalogueEntry,
  onRead: (bytes: number) => void = () => {},
): Promise<readonly EngineError[]> {
  const problems: EngineError[] = [];
  for (const file of entry.files) {
    const problem = sizeProblem(entry, file) ?? (await hashProblem(entry, file, onRead));
    if (problem) problems.push(problem);
  }
  return problems;
}

function sizeProblem(entry: CatalogueEntry, file: ModelFile): EngineError | undefined {
  const path = join(entry.directory, file.path);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) {
    return fileError("model-file-missing", "is missing", entry, file, { expectedBytes: file.bytes });
  }
  if (bytes === file.bytes) return undefined;
  const how = bytes < file.bytes ? "it is truncated" : "it has grown";
  return fileError(
    "model-file-changed",
    `has ${count(bytes)} bytes and should have ${count(file.bytes)}: ${how}`,
    entry,
    file,
    { bytes, expectedBytes: file.bytes },
  );
}

async function hashProblem(
  entry: CatalogueEntry,
  file: ModelFile,
  onRead: (bytes: number) => void,
): Promise<EngineError | undefined> {
  const hash = createHash("sha256");
  const stream = createReadStream(join(entry.directory, file.path));
  stream.on("data", (chunk) => onRead(chunk.length));
  await pipeline(stream, hash);
  const sha256 = hash.digest("hex");
  if (sha256 === file.sha256) return undefined;
  return fileError(
    "model-file-changed",
    `has other contents than the manifest says (SHA-256 ${sha256.slice(0, 12)}…, expected ${file.sha256.slice(0, 12)}…)`,
    entry,
    file,
    { sha256, expectedSha256: file.sha256 },
  );
}

function fileError(
  code: string,
  problem: string,
  entry: CatalogueEntry,
  file: ModelFile,
  fields: Record<string, unknown>,
): EngineError {
  const path = join(entry.directory, file.path);
  const restore = entry.restore.replace("{file}", file.path);
  return new EngineError(code, `The model file ${path} ${problem}. Restore it with: ${restore}`, {
    model: entry.description.id,
    path,
    restore,
    ...fields,
  });
}

function count(value: number): string {
  return value.toLocaleString("en");
}
