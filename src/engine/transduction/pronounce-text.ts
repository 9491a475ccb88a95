import type { Engine } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { type PronouncedWord, pronounce } from "./pronounce.ts";

export interface PronouncedText {
  readonly model: string | undefined;
  readonly words: readonly PronouncedWord[];
  /** Parts that are no words of the model's letters, as they came. */
  readonly unread: readonly string[];
}

/** The likeliest pronunciation of each word of a text, word by word, without regard to its neighbours. */
export async function pronounceText(
  engine: Engine,
  text: string,
  signal?: AbortSignal,
): Promise<PronouncedText> {
  const words: PronouncedWord[] = [];
  const unread: string[] = [];
  for (const part of text.split(/[\s/]+/)) {
    const word = part.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
    if (word === "") continue;
    try {
      words.push(await pronounce(engine, word, { count: 1, beams: 5 }, signal));
    } catch (error) {
      if (!(error instanceof EngineError) || !["input-unreadable", "input-too-long"].includes(error.code))
        throw error;
      unread.push(word);
    }
  }
  return { model: words[0]?.model, words, unread };
}
