import { describe, expect, it } from "vitest";
import { PRESETS, presetSettings } from "../../../src/engine/generation/presets.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import { repN } from "../../../src/engine/generation/text-measures.ts";
import { decodeToy } from "./toy-language.ts";

describe("presets", () => {
  it.each(Object.values(PRESETS))("$name can be used as it is, says when and names its source", (preset) => {
    expect(resolveSettings(preset.settings).warnings).toEqual([]);
    expect(preset.whenToUse).toMatch(/^(When|To) .*\.$/);
    expect(preset.source).toMatch(/arXiv:\d{4}\.\d{5}/);
    expect(PRESETS[preset.name]).toBe(preset);
  });

  it("safe never repeats a trigram where degenerate goes round in a circle", () => {
    // After token t, token t + 1 of a ring of five is likeliest and t + 2 next.
    const ring = (ids: readonly number[]) =>
      Float32Array.from({ length: 5 }, (_, id) => -(((id - ids.at(-1)! + 9) % 5) * 0.5));
    const measure = (name: string) => {
      const { settings } = resolveSettings(presetSettings(name));
      return repN(
        decodeToy({ ...settings, maxNewTokens: 40, minNewTokens: 0 }, ring).sequences[0]!.tokenIds,
        3,
      );
    };
    expect(measure("degenerate")).toBeGreaterThan(0.8);
    expect(measure("safe")).toBe(0);
  });

  it("refuses an unknown name with the known ones", () => {
    expect(() => presetSettings("wild")).toThrow(
      'There is no preset "wild". Choose safe, creative or degenerate.',
    );
    expect(() => presetSettings("toString")).toThrow("There is no preset");
  });
});
