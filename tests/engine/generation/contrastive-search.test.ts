import { describe, expect, it } from "vitest";
import { startDecoder } from "./toy-language.ts";

const vectors = { east: [1, 0], north: [0, 1], northeast: [1, 1] } as const;
const hidden = (name: keyof typeof vectors) => Float32Array.from(vectors[name]);
const logits = (probabilities: readonly number[]) => Float32Array.from(probabilities, Math.log);

describe("contrastive search", () => {
  const settings = {
    strategy: "contrastive",
    topK: 2,
    penaltyAlpha: 0.6,
    maxNewTokens: 1,
    trace: true,
  } as const;
  const language = () => logits([0.5, 0.4, 0.1]);

  it("prefers a less likely token whose hidden state is new: 0.4·0.4 − 0 beats 0.4·0.5 − 0.6·1", () => {
    const decoder = startDecoder(settings, language);
    const first = decoder.step({
      logits: [language()],
      hidden: [hidden("east")],
      promptHidden: hidden("east"),
    });
    expect(first).toEqual({
      kind: "continue",
      rows: [
        { parent: 0, tokenId: 0 },
        { parent: 0, tokenId: 1 },
      ],
    });
    const second = decoder.step({
      logits: [language(), language()],
      hidden: [hidden("east"), hidden("north")],
    });
    expect(second).toEqual({ kind: "done" });
    const [sequence] = decoder.sequences();
    expect(sequence).toMatchObject({ tokenIds: [1], finishReason: "max-new-tokens" });
    expect(sequence!.logProb).toBeCloseTo(Math.log(0.4), 5);
  });

  it("shows how each candidate was weighed", () => {
    const decoder = startDecoder(settings, language);
    decoder.step({ logits: [language()], hidden: [hidden("east")], promptHidden: hidden("east") });
    decoder.step({ logits: [language(), language()], hidden: [hidden("northeast"), hidden("north")] });
    const [step] = decoder.takeTrace();
    const [a, b] = step!.contrastive!;
    expect(a).toMatchObject({ tokenId: 0, isChosen: false });
    expect(a!.similarity).toBeCloseTo(Math.SQRT1_2, 6);
    expect(a!.score).toBeCloseTo(0.4 * 0.5 - 0.6 * Math.SQRT1_2, 6);
    expect(b).toMatchObject({ tokenId: 1, similarity: 0, isChosen: true });
    expect(step!.rows[0]!.choices).toMatchObject([{ tokenId: 1, modelRank: 1 }]);
  });

  it("compares with every earlier token, not only the last", () => {
    const decoder = startDecoder({ ...settings, maxNewTokens: 2 }, language, { promptIds: [0, 1] });
    const promptHidden = Float32Array.from([...vectors.north, ...vectors.east]);
    decoder.step({ logits: [language()], hidden: [hidden("east")], promptHidden });
    const answer = decoder.step({
      logits: [language(), language()],
      hidden: [hidden("northeast"), hidden("north")],
    });
    expect(decoder.sequences()[0]!.tokenIds).toEqual([0]);
    expect(answer).toMatchObject({ kind: "continue", rows: [{ parent: 0 }, { parent: 0 }] });
  });

  it("says what is missing when hidden states are not given", () => {
    expect(() => startDecoder(settings, language).step({ logits: [language()] })).toThrow(
      "needs promptHidden",
    );
  });
});
