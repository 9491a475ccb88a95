import { expect, test } from "vitest";
import { principalPlane } from "../../../src/engine/encoding/principal-plane.ts";

test("four points of a rectangle, 4 by 2: variances 16/3 and 4/3, so 80 % and 20 %", () => {
  const corners = [
    [0, 0, 5],
    [4, 0, 5],
    [0, 2, 5],
    [4, 2, 5],
  ].map((corner) => Float32Array.from(corner));
  const { points, explained } = principalPlane(corners);
  expect(explained[0]).toBeCloseTo(0.8, 6);
  expect(explained[1]).toBeCloseTo(0.2, 6);
  // The sign of a component is free.
  expect(
    points.map(({ x, y }) => [Math.abs(x), Math.abs(y)].map((value) => Number(value.toFixed(6)))),
  ).toEqual(corners.map(() => [2, 1]));
});
