import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { EngineError } from "../errors.ts";
import { bytesOfToken } from "./byte-level.ts";
import { readableBytes } from "./readable-bytes.ts";

/** Text to token ids and back, for byte-level BPE vocabularies. */
export interface TextTokenizer {
  /**
   * @param specialTokens Whether to add what the tokenizer puts around a text (a beginning-of-text token, say).
   *   Names of special tokens inside the text become those tokens either way, as in transformers.
   */
  encode(text: string, specialTokens: boolean): number[];
  /** What a token adds to the text: empty for special tokens and for ids without a token. */
  bytes(id: number): Uint8Array;
  /** The token as readable text: a special token's name, bytes that are no whole character as ⟨C3⟩. */
  piece(id: number): string;
  /** The whole characters of the tokens' text; a half character at the end is left out. */
  text(ids: readonly number[]): string;
}

/** @throws {EngineError} "tokenizer-unsupported" when the tokenizer has no byte-level decoder. */
export function readTokenizer(path: string): TextTokenizer {
  const json = JSON.parse(readFileSync(path, "utf8"));
  if (!isByteLevel(json.decoder)) {
    throw new EngineError(
      "tokenizer-unsupported",
      `The tokenizer ${path} has a decoder of type ${json.decoder?.type}; text generation needs a byte-level one (type ByteLevel).`,
      { path, decoder: json.decoder?.type },
    );
  }
  const tokenizer = new Tokenizer(json, {});
  const added = tokenizer.get_added_tokens_decoder();
  const cache: Uint8Array[] = [];

  const bytes = (id: number): Uint8Array => {
    const known = cache[id];
    if (known) return known;
    const special = added.get(id);
    const token = tokenizer.id_to_token(id);
    let own: Uint8Array = new Uint8Array(0);
    if (special) own = special.special ? own : new TextEncoder().encode(special.content);
    else if (token !== undefined) own = bytesOfToken(token) ?? new TextEncoder().encode(token);
    cache[id] = own;
    return own;
  };

  return {
    encode: (text, specialTokens) => tokenizer.encode(text, { add_special_tokens: specialTokens }).ids,
    bytes,
    piece: (id) => added.get(id)?.content ?? readableBytes(bytes(id)),
    text: (ids) => {
      const decoder = createUtf8Decoder();
      return ids.map((id) => decoder.decode(bytes(id), { stream: true })).join("");
    },
  };
}

/**
 * Gives the text of tokens as they come, whole characters only: bytes of an unfinished character are held until
 * the rest arrives. Bytes that can never become a character show as U+FFFD, as in any UTF-8 decoder.
 */
export function createTextStream(tokenizer: TextTokenizer): (id: number) => string {
  const decoder = createUtf8Decoder();
  return (id) => decoder.decode(tokenizer.bytes(id), { stream: true });
}

function createUtf8Decoder(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function isByteLevel(decoder: { type?: string; decoders?: { type?: string }[] } | null | undefined): boolean {
  return (
    decoder?.type === "ByteLevel" || Boolean(decoder?.decoders?.some(({ type }) => type === "ByteLevel"))
  );
}
