import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

describe("in a browser", () => {
  it.each(["next-token-distribution", "toy-tree", "create-decoder", "resolve-settings"])(
    "%s needs nothing of Node",
    async (name) => {
      const source = new URL(`../../../src/engine/generation/${name}.ts`, import.meta.url);
      const { metafile } = await build({
        entryPoints: [fileURLToPath(source)],
        bundle: true,
        platform: "browser",
        format: "esm",
        write: false,
        metafile: true,
      });
      const [output] = Object.values(metafile.outputs);
      expect(output!.imports).toEqual([]);
      expect(output!.bytes).toBeLessThan(100_000);
    },
  );
});
