import type { Engine } from "../engine.ts";
import { logSoftmax } from "./log-softmax.ts";

/** A decoder-only model as blanks need it: every left context starts at the beginning of a document. */
export interface TextScorer {
  /** The model's id, as results name it. */
  readonly model: string;
  /** The text of every token by its id, leading spaces included. */
  vocabulary(): Promise<readonly string[]>;
  /** Tokens of a text that stands inside a document. */
  encode(text: string): Promise<readonly number[]>;
  /** For each text, log p(token | text), natural, of the whole vocabulary: [vocabSize]. */
  nextTokenLogProbs(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
  /** For each continuation, log p(token | left, tokens before it) of each of its tokens; `left` is read once. */
  scoreContinuations(
    left: string,
    continuations: readonly (readonly number[])[],
    signal?: AbortSignal,
  ): Promise<readonly (readonly number[])[]>;
}

/** The token between documents in the training text of SmolLM2 and GPT-2. */
const DOCUMENT_START = "<|endoftext|>";

/**
 * A scorer over one of the engine's decoder-only models.
 * Made once for each model (`engine.textScorer`), since it keeps the vocabulary.
 */
export function createTextScorer(
  engine: Pick<Engine, "tokenize" | "describeTokens" | "nextTokenLogits" | "scoreContinuations">,
  model: string,
): TextScorer {
  let vocabulary: Promise<readonly string[]> | undefined;
  let documentStart: Promise<string> | undefined;

  const start = (): Promise<string> => {
    documentStart ??= engine
      .tokenize(model, DOCUMENT_START)
      .then((pieces) => (pieces.length === 1 ? DOCUMENT_START : ""));
    return documentStart;
  };
  const encode = async (text: string): Promise<number[]> => {
    if (text === "") return [];
    return (await engine.tokenize(model, text)).map(({ id }) => id);
  };
  const nextTokenLogProbs = async (text: string, signal?: AbortSignal): Promise<Float32Array> => {
    const prompt = (await start()) + text;
    const { logits } = await engine.nextTokenLogits({ model, prompt, mode: "continuation" }, signal);
    return logSoftmax(logits);
  };

  return {
    model,
    encode,
    vocabulary: () => {
      vocabulary ??= nextTokenLogProbs("").then(async ({ length }) => {
        const ids = Array.from({ length }, (_, id) => id);
        return (await engine.describeTokens(model, ids)).map(({ text }) => text);
      });
      return vocabulary;
    },
    nextTokenLogProbs: (texts, signal) => Promise.all(texts.map((text) => nextTokenLogProbs(text, signal))),
    scoreContinuations: async (left, continuations, signal) => {
      const prefixIds = await encode((await start()) + left);
      return engine.scoreContinuations({ model, prefixIds, continuations }, signal);
    },
  };
}
