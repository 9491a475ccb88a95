/**
 * The bytes that a byte-level BPE token stands for. Such vocabularies write each of the 256 bytes as one visible
 * character: printable Latin-1 as itself, the others as U+0100 and up, in order.
 * Source: GPT-2's `bytes_to_unicode`, taken over by every tokenizer.json with a ByteLevel decoder.
 */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(byteCharacters());

/** @returns The bytes, or undefined when the token has a character outside the alphabet. */
export function bytesOfToken(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  let length = 0;
  for (const character of token) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) return undefined;
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

function* byteCharacters(): Generator<[string, number]> {
  let shifted = 0;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    yield [String.fromCodePoint(isPrintable ? byte : 0x100 + shifted++), byte];
  }
}
