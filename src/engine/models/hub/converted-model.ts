import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { manifestModel } from "../manifest.ts";
import type { AddedModel } from "./added-models.ts";

const NOT_LOADED = new Set(["model.json", "CARD.md"]);

/**
 * What `models/build/decoder/convert.py` has written into a folder: its model.json, and every other file with size and
 * hash.
 */
export async function readConvertedModel(directory: string, restore: string): Promise<AddedModel> {
  const description = manifestModel
    .omit({ files: true, directory: true, recipe: true })
    .parse(JSON.parse(readFileSync(join(directory, "model.json"), "utf8")));
  const names = readdirSync(directory).filter((name) => !NOT_LOADED.has(name));
  const files = await Promise.all(
    names.sort().map(async (path) => {
      const digest = createHash("sha256");
      await pipeline(createReadStream(join(directory, path)), digest);
      return { path, bytes: statSync(join(directory, path)).size, sha256: digest.digest("hex") };
    }),
  );
  const { weights } = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
  return {
    description,
    directory,
    files,
    layout: "cloze",
    restore,
    revision: "converted",
    dtype: String(weights),
  };
}
