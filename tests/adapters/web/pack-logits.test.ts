import { expect, test } from "vitest";
import { packLogits, unpackLogits } from "../../../src/adapters/web/pack-logits.ts";

test.each(["", "a", "ab", "größer", "日本語"])(
  "logits come back to the bit beside a text of any length (%j)",
  (text) => {
    const logits = Float32Array.from([0, -0, 1.5, -Infinity, 1e-38, Math.PI]);
    const packed = packLogits({ model: "m", promptIds: [1, 2], texts: [[5, text]], logits });
    expect(unpackLogits(packed.buffer)).toEqual({
      model: "m",
      promptIds: [1, 2],
      texts: [[5, text]],
      logits,
    });
  },
);
