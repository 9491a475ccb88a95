import { EngineError } from "../errors.ts";
import type { WordInText } from "./encoder-protocol.ts";

/**
 * Finds the word that a text is about: the one between **asterisks**, or the only place where `word` stands.
 * @throws {EngineError} "empty-text", "word-not-marked" when it isn't clear which word is meant, "word-not-found"
 */
export function findMarkedWord(text: string, word?: string): WordInText {
  if (text.trim() === "")
    throw new EngineError("empty-text", "The sentence is empty. Give a sentence with a **word** marked.", {
      text,
    });
  const marks = [...text.matchAll(/\*\*(.+?)\*\*/g)];
  if (marks.length > 1) {
    throw new EngineError(
      "word-not-marked",
      `${marks.length} words are marked in "${text}"; mark one in each sentence.`,
      { text },
    );
  }
  const mark = marks[0];
  if (mark) return cut(text, mark.index, mark.index + mark[0].length, mark[1]!.trim());
  if (word === undefined) {
    throw new EngineError(
      "word-not-marked",
      `No word is marked in "${text}". Put two asterisks on each side of it, as in: I like my **bat**. Or name it with word: bat.`,
      { text },
    );
  }
  const escaped = word.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const places = [...text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "giu"))];
  if (word.trim() === "" || places.length === 0) {
    throw new EngineError(
      "word-not-found",
      `The word "${word}" does not stand in "${text}". Mark a word with **asterisks**.`,
      { text, word },
    );
  }
  if (places.length > 1) {
    throw new EngineError(
      "word-not-marked",
      `The word "${word}" stands ${places.length} times in "${text}". Mark the one you mean with **asterisks**.`,
      { text, word, times: places.length },
    );
  }
  const { index } = places[0]!;
  return cut(text, index, index + places[0]![0].length);
}

/**
 * The word at a span of characters.
 * @throws {EngineError} "bad-option" for a span outside the text or one that cuts a word
 */
export function wordAtSpan(text: string, [start, end]: readonly [number, number]): WordInText {
  const whole =
    Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= text.length;
  const inside = /[\p{L}\p{N}]/u;
  const cuts = (i: number): boolean => inside.test(text[i - 1] ?? "") && inside.test(text[i] ?? "");
  if (!whole || cuts(start) || cuts(end)) {
    throw new EngineError(
      "bad-option",
      `The span [${start}, ${end}] does not mark a word of the text, which has ${text.length} characters. Give the word's first character and the one after its last.`,
      { text, span: [start, end] },
    );
  }
  return cut(text, start, end);
}

function cut(text: string, start: number, end: number, word = text.slice(start, end)): WordInText {
  return { left: text.slice(0, start), word, right: text.slice(end) };
}
