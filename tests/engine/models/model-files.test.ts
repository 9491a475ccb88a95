import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CatalogueEntry, readCatalogue } from "../../../src/engine/models/catalogue.ts";
import { checkFileSizes, verifyFiles } from "../../../src/engine/models/model-files.ts";
import { createTinyModelsDir } from "../tiny-models.ts";

let models: ReturnType<typeof createTinyModelsDir>;
let entry: CatalogueEntry;
let weights: string;
beforeEach(() => {
  models = createTinyModelsDir();
  entry = readCatalogue(models.modelsDir)[0]!;
  weights = join(entry.directory, "weights-0.data");
});
afterEach(() => models.remove());

it("passes files that are as the manifest says", async () => {
  expect(() => checkFileSizes(entry)).not.toThrow();
  expect(await verifyFiles(entry)).toEqual([]);
});

it("names a truncated file, both sizes, and the command that restores it", () => {
  const expected = readFileSync(weights).length;
  truncateSync(weights, 1000);
  expect(() => checkFileSizes(entry)).toThrow(
    `The model file ${weights} has 1,000 bytes and should have ${expected.toLocaleString("en")}: it is truncated. Restore it with: git -C "${models.modelsDir}" checkout -- "tiny-llama/weights-0.data"`,
  );
  expect(() => checkFileSizes(entry)).toThrow(expect.objectContaining({ code: "model-file-changed" }));
});

it("says when a file has grown", () => {
  appendFileSync(weights, "x");
  expect(() => checkFileSizes(entry)).toThrow("it has grown");
});

it("names a missing file", () => {
  rmSync(weights);
  expect(() => checkFileSizes(entry)).toThrow(
    expect.objectContaining({
      code: "model-file-missing",
      fields: expect.objectContaining({ path: weights }),
    }),
  );
});

it("finds a changed byte by its hash, which the size does not tell", async () => {
  const contents = readFileSync(weights);
  contents[100]! ^= 1;
  writeFileSync(weights, contents);
  expect(() => checkFileSizes(entry)).not.toThrow();
  const problems = await verifyFiles(entry);
  expect(problems.map(({ code, fields }) => [code, fields.path])).toEqual([["model-file-changed", weights]]);
});
