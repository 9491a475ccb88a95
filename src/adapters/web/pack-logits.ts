import type { NextToken } from "../../bot/decoding/next-token.ts";

/**
 * Logits and what belongs to them in one answer: the length of the JSON in bytes (32 bits, little-endian), the
 * JSON, zeros up to a multiple of 4, then the logits as little-endian 32-bit floats. As text they would be
 * four times as long.
 */
export function packLogits({ logits, ...rest }: NextToken): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(rest));
  const start = 4 + Math.ceil(head.length / 4) * 4;
  const packed = new Uint8Array(start + 4 * logits.length);
  const view = new DataView(packed.buffer);
  view.setUint32(0, head.length, true);
  packed.set(head, 4);
  for (const [i, logit] of logits.entries()) view.setFloat32(start + 4 * i, logit, true);
  return packed;
}

/** What `packLogits` packed. Runs in the browser. */
export function unpackLogits(packed: ArrayBuffer): NextToken {
  const view = new DataView(packed);
  const length = view.getUint32(0, true);
  const rest = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 4, length))) as Omit<
    NextToken,
    "logits"
  >;
  const start = 4 + Math.ceil(length / 4) * 4;
  const logits = new Float32Array((packed.byteLength - start) / 4);
  for (let i = 0; i < logits.length; i++) logits[i] = view.getFloat32(start + 4 * i, true);
  return { ...rest, logits };
}
