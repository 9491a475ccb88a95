/** Bytes as text, where bytes that belong to no whole character are shown as ⟨C3⟩. */
export function readableBytes(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; ) {
    const size = characterSize(bytes, start);
    text += size > 0 ? STRICT.decode(bytes.subarray(start, start + size)) : `⟨${hex(bytes[start]!)}⟩`;
    start += Math.max(size, 1);
  }
  return text;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** How many bytes the character at `start` has; 0 when there is no whole character. */
function characterSize(bytes: Uint8Array, start: number): number {
  const first = bytes[start]!;
  const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (start + size > bytes.length) return 0;
  try {
    STRICT.decode(bytes.subarray(start, start + size));
    return size;
  } catch {
    return 0;
  }
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
