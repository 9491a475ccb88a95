import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findModel, readCatalogue } from "../../../src/engine/models/catalogue.ts";
import { createTinyModelsDir } from "../tiny-models.ts";

let models: ReturnType<typeof createTinyModelsDir>;
beforeEach(() => {
  models = createTinyModelsDir();
});
afterEach(() => models.remove());

describe("readCatalogue", () => {
  it("tells what a model is without what only loading needs", () => {
    const { description } = readCatalogue(models.modelsDir)[0]!;
    expect(description).toMatchObject({ id: "tiny-llama", family: "decoder-only", contextLength: 256 });
    expect(description).not.toHaveProperty("files");
  });

  it("says what is wrong with a manifest and how to restore it", () => {
    writeFileSync(join(models.modelsDir, "manifest.json"), '{"models":[{"id":"x"}]}');
    expect(() => readCatalogue(models.modelsDir)).toThrow(/family[\s\S]*checkout -- manifest\.json/);
    expect(() => readCatalogue(models.modelsDir)).toThrow(
      expect.objectContaining({ code: "manifest-unreadable" }),
    );
  });
});

describe("findModel", () => {
  it("takes the first model of the family when none is named", () => {
    expect(findModel(readCatalogue(models.modelsDir), undefined, "decoder-only").description.id).toBe(
      "tiny-llama",
    );
  });

  it("answers an unknown id with the ids there are", () => {
    const catalogue = readCatalogue(models.modelsDir);
    expect(() => findModel(catalogue, "tiny-lama", "decoder-only")).toThrow(
      'There is no model "tiny-lama". Choose tiny-llama.',
    );
  });

  it("refuses a model of another family and says what it is", () => {
    const catalogue = readCatalogue(models.modelsDir);
    expect(() => findModel(catalogue, "tiny-llama", "encoder-only")).toThrow(
      "tiny-llama is of the family decoder-only; one of the family encoder-only is needed. There is none of the family encoder-only.",
    );
  });
});
