import { describe, expect, it } from "vitest";
import { createUniformDraw } from "../../../src/engine/generation/random.ts";
import { againstProbabilities, chiSquareBound, countOutcomes } from "./chi-square.ts";

const TENTHS = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [String(i), 0.1]));

function expectUniform(draws: Iterable<number>): void {
  const counts = countOutcomes([...draws].map((draw) => String(Math.floor(draw * 10))));
  const { statistic } = againstProbabilities(counts, TENTHS);
  expect(statistic).toBeLessThan(chiSquareBound(9));
}

describe("random numbers of a sequence", () => {
  it("are the same in every process: first draws of seed 7", () => {
    const draw = createUniformDraw(7, 0);
    // Recorded from this function: a change of generator or mixing would break every permalink.
    expect([draw(), draw(), draw()]).toEqual([0.2336726317516714, 0.09719958304796916, 0.09773386007047258]);
  });

  it.each([0, 1, 2])("draw %i of neighbouring seeds is spread evenly", (skip) => {
    expectUniform(
      Array.from({ length: 20_000 }, (_, seed) => {
        const draw = createUniformDraw(seed, 0);
        for (let i = 0; i < skip; i++) draw();
        return draw();
      }),
    );
  });

  it("first draws of one seed's streams are spread evenly", () => {
    expectUniform(Array.from({ length: 20_000 }, (_, stream) => createUniformDraw(7, stream)()));
  });

  it("neighbouring seeds and streams are uncorrelated", () => {
    const pairs = Array.from({ length: 20_000 }, (_, seed) => [
      createUniformDraw(seed, 0)(),
      createUniformDraw(seed + 1, 0)(),
    ]);
    const streams = Array.from({ length: 20_000 }, (_, seed) => [
      createUniformDraw(seed, 0)(),
      createUniformDraw(seed, 1)(),
    ]);
    // The correlation of 20,000 independent pairs has a deviation of 0.007.
    expect(Math.abs(correlation(pairs))).toBeLessThan(0.03);
    expect(Math.abs(correlation(streams))).toBeLessThan(0.03);
  });

  it("differ for seeds that only differ above 32 bits", () => {
    expect(createUniformDraw(5, 0)()).not.toBe(createUniformDraw(5 + 2 ** 40, 0)());
  });
});

function correlation(pairs: readonly (readonly number[])[]): number {
  const mean = (index: number) => pairs.reduce((sum, pair) => sum + pair[index]!, 0) / pairs.length;
  const [mx, my] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x! - mx) * (y! - my);
    xx += (x! - mx) ** 2;
    yy += (y! - my) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}
