import { EngineError } from "../errors.ts";
import type { Encoders } from "./encoders.ts";
import { capitalize, parseBlanks } from "./fill-mask/blanks.ts";
import { maskDistributions } from "./fill-mask/encoder-method.ts";
import type { Filling } from "./fill-mask/filling.ts";
import { termsOf } from "./grading/terms.ts";
import { topIndices } from "./log-softmax.ts";
import { embeddedMaskedModel } from "./masked-model.ts";

/** A word left out of a text's sentence, to be chosen from among what a masked model would put there (Taylor 1953). */
export interface ClozeQuestion {
  /** The sentence with ____ in place of the word. */
  readonly blanked: string;
  /** The sentence as it stood. */
  readonly sentence: string;
  /** As it stood in the text. */
  readonly answer: string;
  /** Other words that the model expects there, likeliest first; written as the answer is. */
  readonly distractors: readonly string[];
  /** The masked model's probability of the answer and of each distractor, by word. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface ClozeOptions {
  /** Words, lower case, not to be asked again. */
  readonly without?: readonly string[];
  /** Default 3. */
  readonly distractors?: number;
}

const BLANK = "____";
/** Longer sentences are hard to read with a hole in them. */
const MOST_WORDS = 45;
const FEWEST_WORDS = 4;
/** Words looked at before the text is given up. */
const TRIES = 5;
/** The masked model's best words among which distractors are looked for. */
const GUESSES = 30;
const OPEN: Filling = { words: [undefined], order: [], logProb: 0 };

/**
 * Leaves out the rarest content word of a text (by its rank in BERT's vocabulary, which is roughly ordered by
 * frequency) for which the masked model has enough other ideas.
 * @throws {EngineError} "no-cloze-word" when no sentence has a word that can be asked for.
 */
export async function makeClozeQuestion(
  encoders: Encoders,
  text: string,
  { without = [], distractors: wanted = 3 }: ClozeOptions = {},
  signal?: AbortSignal,
): Promise<ClozeQuestion> {
  for (const gap of gapsOf(encoders, text, new Set(without)).slice(0, TRIES)) {
    const { sentence, start, word, id } = gap;
    const blanked = sentence.slice(0, start) + BLANK + sentence.slice(start + word.length);
    const [row] = await maskDistributions(
      embeddedMaskedModel(encoders),
      parseBlanks(blanked),
      [OPEN],
      signal,
    );
    const { logProbs } = row![0]!;
    const probabilities: Record<string, number> = { [word]: Math.exp(logProbs[id]!) };
    const taken = new Set(termsOf(sentence).content.keys());
    const distractors: string[] = [];
    for (const other of topIndices(logProbs, GUESSES, encoders.tokenizer.wholeWords)) {
      const guess = encoders.tokenizer.piece(other);
      const [stem] = termsOf(guess).content.keys();
      if (stem === undefined || taken.has(stem) || guess.length < 3) continue;
      taken.add(stem);
      const shown = /^\p{Lu}/u.test(word) ? capitalize(guess) : guess;
      distractors.push(shown);
      probabilities[shown] = Math.exp(logProbs[other]!);
      if (distractors.length === wanted) break;
    }
    if (distractors.length < wanted) continue;
    return { blanked, sentence, answer: word, distractors, probabilities };
  }
  throw new EngineError(
    "no-cloze-word",
    `There is no word here that could be asked for. Choose a text in English with a whole sentence of ${FEWEST_WORDS} to ${MOST_WORDS} words.`,
    { text },
  );
}

interface Gap {
  readonly sentence: string;
  /** Where the word begins in the sentence. */
  readonly start: number;
  readonly word: string;
  /** Of the word in BERT's vocabulary: the larger, the rarer. */
  readonly id: number;
}

/** The words that could be left out, rarest first. */
function gapsOf({ tokenizer }: Encoders, text: string, without: ReadonlySet<string>): Gap[] {
  const gaps: Gap[] = [];
  for (const { segment } of new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)) {
    const sentence = segment.replace(/\s+/g, " ").trim();
    const content = new Set(termsOf(sentence).content.values());
    const matches = [...sentence.matchAll(/(?<![\p{L}\p{N}'’-])\p{L}{4,}(?![\p{L}\p{N}'’-])/gu)];
    const length = sentence.split(" ").length;
    if (length < FEWEST_WORDS || length > MOST_WORDS || /\[MASK\]|<mask>|_{3,}/i.test(sentence)) continue;
    for (const { 0: word, index: start } of matches) {
      const id = tokenizer.idOf(word.toLowerCase());
      if (id === undefined || !content.has(word.toLowerCase()) || without.has(word.toLowerCase())) continue;
      gaps.push({ sentence, start, word, id });
    }
  }
  return gaps.sort((a, b) => b.id - a.id);
}
