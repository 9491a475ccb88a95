import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../../src/engine/generation/create-decoder.ts";
import { processRow } from "../../../../src/engine/generation/process-row.ts";
import { createProcessorChain } from "../../../../src/engine/generation/processors/chain.ts";
import { resolveSettings } from "../../../../src/engine/generation/resolve-settings.ts";
import { NEUTRAL_SETTINGS } from "../../../../src/engine/generation/settings.ts";
import { transformersCode } from "../../../../src/engine/generation/transformers-code.ts";
import { findListedWords } from "../../../../src/engine/generation/word-list/classroom-words.ts";
import { wordListMask } from "../../../../src/engine/generation/word-list/word-list-mask.ts";
import { readTokenizer } from "../../../../src/engine/models/text-tokenizer.ts";

const tokenizer = readTokenizer(
  fileURLToPath(new URL("../../../../models/smollm2-135m-instruct/tokenizer.json", import.meta.url)),
);
const context = { vocabSize: 49_152, decodeText: tokenizer.text };
const mask = wordListMask(context);
const settings = { ...NEUTRAL_SETTINGS, wordList: "classroom" } as const;

/** The tokens that may not follow a text. */
function ruledOut(text: string): Set<string> {
  const tokenIds = tokenizer.encode(text, false);
  const row = processRow(new Float32Array(context.vocabSize), createProcessorChain(settings, [], mask), {
    history: { tokenIds, promptLength: tokenIds.length },
    step: 0,
    asLogProbs: false,
    snapshots: false,
  });
  const ids = [...row.candidates.scores.keys()].filter((id) => row.candidates.scores[id] === -Infinity);
  return new Set(ids.map((id) => tokenizer.piece(id)));
}

describe("while decoding", () => {
  it.each([
    ["a token that is the word", "What a pain in the", " ass"],
    ["in capitals", "WHAT A PAIN IN THE", " ASS"],
    ["the second token of two", "What the fu", "ck"],
    ["the second token of two, in capitals", "you SH", "IT"],
    ["the last letter of five tokens", "you b i t c h or bit", "ch"],
    ["the last of three tokens", "that son of a bit", "ches"],
    ["a token that begins after a quotation mark", 'he said "', "ass"],
  ])("rules out %s", (_, text, token) => {
    expect(ruledOut(text)).toContain(token);
  });

  it.each([
    ["what ordinary words go on with", "The clas", "s"],
    ["an allowed word in one token", "We need an", " assessment"],
    ["an allowed word in two tokens", "We ass", "emble"],
    ["the name of a people", "The ancient", " Assyrian"],
    ["biology", "the two", " sex"],
    ["letters in the middle of a word", "The bas", "s"],
  ])("leaves %s", (_, text, token) => {
    expect(ruledOut(text)).not.toContain(token);
  });

  it("rules out few tokens where nothing has begun: below 30 of 49,152", () => {
    expect(ruledOut("The nice woman").size).toBeLessThan(30);
  });

  it("never lets greedy, beams or samples complete a word that every distribution favours", () => {
    // A model that wants "bitch" letter by letter, in every casing, and then anything else.
    const wanted = [..."bitchBITCH"].map((letter) => tokenizer.encode(letter, false)[0] as number);
    const logits = () => {
      const row = new Float32Array(context.vocabSize);
      wanted.forEach((id, i) => {
        row[id] = 30 - (i % 5) / 10;
      });
      return row;
    };
    for (const given of [
      { strategy: "greedy" },
      { strategy: "sample", numReturnSequences: 4, seed: 7 },
      { strategy: "beam", numBeams: 4, numReturnSequences: 4 },
    ] as const) {
      const resolved = resolveSettings({ ...given, maxNewTokens: 40, wordList: "classroom" }).settings;
      const promptIds = tokenizer.encode("You are a", false);
      const decoder = createDecoder(resolved, {
        ...context,
        wordListMask: mask,
        promptIds,
        eosTokenIds: [],
        now: () => 0,
      });
      let step = decoder.step({ logits: [logits()] });
      while (step.kind === "continue") step = decoder.step({ logits: step.rows.map(logits) });
      for (const { tokenIds } of decoder.sequences()) {
        expect(tokenIds).toHaveLength(40);
        expect(tokenizer.text(tokenIds).toLowerCase()).not.toContain("bitch");
      }
    }
  });

  it("changes no score that it does not rule out, neither as logits nor as log-probabilities", () => {
    const before = Float32Array.from({ length: context.vocabSize }, (_, id) => Math.sin(id) * 5);
    const history = { tokenIds: tokenizer.encode("The nice", false), promptLength: 2 };
    for (const asLogProbs of [false, true]) {
      const options = { history, step: 0, asLogProbs, snapshots: false };
      const plain = processRow(before.slice(), createProcessorChain(NEUTRAL_SETTINGS, []), options);
      const expected = plain.candidates.scores.slice();
      const shift = plain.scoreShift;
      const masked = processRow(before.slice(), createProcessorChain(settings, [], mask), options);
      expect(masked.scoreShift).toBe(shift);
      const changed = [...masked.candidates.scores].filter(
        (score, id) => score !== -Infinity && score !== expected[id],
      );
      expect(changed).toEqual([]);
    }
  });

  it("is named in the trace and in the Python script, and refused under another name", () => {
    const decoder = createDecoder(
      resolveSettings({ maxNewTokens: 1, trace: true, wordList: "classroom" }).settings,
      {
        ...context,
        wordListMask: mask,
        promptIds: [28],
        eosTokenIds: [],
        now: () => 0,
      },
    );
    decoder.step({ logits: [new Float32Array(context.vocabSize)] });
    const [step] = decoder.takeTrace();
    expect(step!.rows[0]!.stages.map(({ name }) => name)).toEqual(["model", "word-list"]);
    const code = transformersCode({
      model: "smollm2-135m-instruct",
      prompt: "A",
      mode: "continuation",
      settings: { wordList: "classroom" },
      seed: 1,
    });
    expect(code).toContain('# Cloze also ruled out the words of its list "classroom"; this script does not.');
    expect(() => resolveSettings({ wordList: "kindergarten" as never })).toThrow(
      'word-list is "kindergarten"; it must be one of off, classroom.',
    );
  });
});

describe("findListedWords", () => {
  const found = (text: string) => findListedWords(text).map(({ start, end }) => text.slice(start, end));

  it.each(["sh1t", "SHIT", "$hit", "shitttt", "fuuuck", "b1tch", "ѕhіt", "a$$hole", "5h1t"])(
    "finds %s",
    (word) => {
      expect(found(`you ${word} you`)).not.toEqual([]);
    },
  );

  it.each([
    "p = 0.455 and 4551 tokens, 55 more",
    "if (until === 5) x += asString(y)",
    "Emily Dickinson and E. E. Cummings by class assignment",
    "The FK of a table; the sex of an animal; Assyria and Fukushima; Moby-Dick",
  ])("finds nothing in %s", (text) => {
    expect(found(text)).toEqual([]);
  });
});
