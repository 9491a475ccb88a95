import { forgetSums } from "../processors/candidates.ts";
import type { LogitsProcessor } from "../processors/processor.ts";
import { findSpelling, GAP, longestSpelling, normalise, spellings } from "./listed-texts.ts";

/** Tokens looked back at: a byte each at worst. */
const TAIL_TOKENS = 32;
/** Normalised characters looked back at; longer than any spelling, so that allowed terms are seen too. */
const TAIL_CHARACTERS = 24;
const REMEMBERED_TAILS = 1_000;

export interface VocabularyTexts {
  readonly vocabSize: number;
  /** Text of some tokens, special tokens left out. */
  readonly decodeText: (tokenIds: readonly number[]) => string;
}

/**
 * Rules out every token that would complete a listed word, whatever the tokens are that its letters are cut into,
 * and in capitals too. A word counts as complete where a token ends: a rare longer word that is written in several
 * tokens and whose first ones spell a listed word is ruled out with it.
 * @param context The vocabulary is read once for each `decodeText`.
 */
export function wordListMask(context: VocabularyTexts): LogitsProcessor {
  const vocabulary = vocabularyOf(context);
  return {
    name: "word-list",
    apply({ scores, ...candidates }, { tokenIds }) {
      const tail = tailOf(tokenIds, context.decodeText);
      for (const id of vocabulary.always) scores[id] = -Infinity;
      for (const id of vocabulary.after(tail)) scores[id] = -Infinity;
      forgetSums({ scores, ...candidates });
    },
  };
}

interface Vocabulary {
  /** Tokens that hold a whole listed word. */
  readonly always: readonly number[];
  /** Tokens that complete one that the text before has begun. */
  after(tail: string): readonly number[];
}

const vocabularies = new WeakMap<VocabularyTexts["decodeText"], Vocabulary>();

function vocabularyOf(context: VocabularyTexts): Vocabulary {
  const known = vocabularies.get(context.decodeText) ?? readVocabulary(context);
  vocabularies.set(context.decodeText, known);
  return known;
}

function readVocabulary({ vocabSize, decodeText }: VocabularyTexts): Vocabulary {
  const tokens = Array.from({ length: vocabSize }, (_, id) => ({ id, text: normalise(decodeText([id])) }))
    .filter(({ text }) => text !== "")
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.id - b.id));
  const restsOf = restsByBeginning();
  const remembered = new Map<string, readonly number[]>();

  function completing(tail: string): number[] {
    const ids = new Set<number>();
    for (let length = 1; length < Math.min(longestSpelling, tail.length + 1); length++) {
      for (const rest of restsOf.get(tail.slice(-length)) ?? []) {
        for (let i = firstFrom(tokens, rest); tokens[i]?.text.startsWith(rest); i++) {
          const { id, text } = tokens[i]!;
          if (findSpelling(tail + text, tail.length)) ids.add(id);
        }
      }
    }
    return [...ids];
  }

  return {
    // "#" is neither letter nor gap: what came before does not matter here.
    always: tokens.filter(({ text }) => findSpelling(`#${text}`, 1)).map(({ id }) => id),
    after(tail) {
      const known = remembered.get(tail);
      if (known) return known;
      const ids = completing(tail);
      if (remembered.size >= REMEMBERED_TAILS) remembered.clear();
      remembered.set(tail, ids);
      return ids;
    },
  };
}

/** Every way to cut a spelling in two: what may stand in the text, and what a token would add. */
function restsByBeginning(): ReadonlyMap<string, readonly string[]> {
  const rests = new Map<string, string[]>();
  for (const spelling of spellings) {
    // The edge at the end needs no token.
    const letters = spelling.endsWith(GAP) ? spelling.slice(0, -1) : spelling;
    for (let cut = 1; cut < letters.length; cut++) {
      const beginning = letters.slice(0, cut);
      rests.set(beginning, [...(rests.get(beginning) ?? []), letters.slice(cut)]);
    }
  }
  return rests;
}

/** The first of the sorted tokens that is not before `text`. */
function firstFrom(tokens: readonly { readonly text: string }[], text: string): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.text < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tailOf(tokenIds: readonly number[], decodeText: VocabularyTexts["decodeText"]): string {
  const text = normalise(decodeText(tokenIds.slice(-TAIL_TOKENS)));
  const isWhole = tokenIds.length <= TAIL_TOKENS && !text.startsWith(GAP);
  return `${isWhole ? GAP : ""}${text}`.slice(-TAIL_CHARACTERS);
}
