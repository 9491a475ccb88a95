import { PCA } from "ml-pca";

export interface PrincipalPlane {
  /** One for each vector, centred. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Share of the variance along x and y, from 0 to 1. */
  readonly explained: readonly [number, number];
}

/**
 * Vectors in the plane of their first two principal components (covariance, centred, not scaled).
 * @param vectors At least 3, all of one length; with fewer there is no plane.
 */
export function principalPlane(vectors: readonly Float32Array[]): PrincipalPlane {
  const pca = new PCA(
    vectors.map((vector) => [...vector]),
    { method: "SVD", center: true, scale: false },
  );
  const [x = 0, y = 0] = pca.getExplainedVariance();
  const points = pca
    .predict(
      vectors.map((vector) => [...vector]),
      { nComponents: 2 },
    )
    .to2DArray()
    .map(([first = 0, second = 0]) => ({ x: first, y: second }));
  return { points, explained: [x, y] };
}
