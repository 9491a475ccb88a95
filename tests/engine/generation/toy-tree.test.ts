import { describe, expect, it } from "vitest";
import { DecodingOptionError } from "../../../src/engine/generation/errors.ts";
import { decodeToyTree, TOY_TREE, TOY_WORDS, toyLogits } from "../../../src/engine/generation/toy-tree.ts";
import { againstProbabilities, chiSquareBound, countOutcomes } from "./chi-square.ts";

describe("the lecture's word tree", () => {
  it("greedy takes nice, then woman: 0.5 · 0.4 = 0.20", () => {
    const [best] = decodeToyTree({}).sequences;
    expect(best!.text).toBe("The nice woman");
    expect(best!.probability).toBeCloseTo(0.2, 6);
  });

  it("two beams find the likelier text behind the less likely word: 0.4 · 0.9 = 0.36", () => {
    const [best, second] = decodeToyTree({ strategy: "beam", numBeams: 2, numReturnSequences: 2 }).sequences;
    expect(best!.text).toBe("The dog has");
    expect(best!.probability).toBeCloseTo(0.36, 6);
    expect(second!.text).toBe("The nice woman");
  });

  it("the tree shows the word that greedy never looked behind", () => {
    const { trace } = decodeToyTree({ strategy: "beam", numBeams: 2 });
    const words = trace[0]!.beams!.nodes.map(({ tokenId, fate }) => `${TOY_WORDS[tokenId]}: ${fate}`);
    expect(words).toEqual(["nice: live", "dog: live", "car: outscored"]);
  });

  it("sampling writes each text as often as the tree says", () => {
    const texts: string[] = [];
    for (let seed = 0; seed < 400; seed++) {
      texts.push(
        ...decodeToyTree({ strategy: "sample", seed, numReturnSequences: 10 }).sequences.map(
          ({ text }) => text,
        ),
      );
    }
    const probabilities = Object.fromEntries(
      Object.entries(TOY_TREE).flatMap(([first, branch]) =>
        Object.entries(branch.next!).map(([second, leaf]) => [
          `The ${first} ${second}`,
          branch.probability * leaf.probability,
        ]),
      ),
    );
    const { statistic, degreesOfFreedom } = againstProbabilities(countOutcomes(texts), probabilities);
    expect(statistic).toBeLessThan(chiSquareBound(degreesOfFreedom));
  });

  it("every branching is a distribution", () => {
    for (const prefix of [[0], [0, 1], [0, 2], [0, 3]]) {
      expect(toyLogits(prefix).reduce((sum, logit) => sum + Math.exp(logit), 0)).toBeCloseTo(1, 6);
    }
  });

  it("has no hidden states for contrastive search", () => {
    expect(() => decodeToyTree({ strategy: "contrastive" })).toThrow(DecodingOptionError);
  });
});
