import { agnes } from "ml-hclust";
import { EngineError } from "../errors.ts";
import type { Encoders } from "./encoders.ts";
import { embedSentences } from "./sentence-embeddings.ts";
import { dot, mean, normalize } from "./vectors.ts";

export interface TextCluster {
  /** Positions in the list of texts, ascending. */
  readonly members: readonly number[];
  /** The member nearest to the cluster's centre. */
  readonly exemplar: number;
  /** Mean cosine of the members with the centre, −1 to 1. */
  readonly cohesion: number;
}

/** Texts clustered at once at most; the work grows with the square. */
const MAX_TEXTS = 500;

/**
 * Groups short texts by meaning: agglomerative clustering with average linkage on the cosine distance of sentence
 * vectors, cut where joining would need more than `distance`. The same texts always give the same groups.
 * @param distance 0 to 2; at the default of .55 answers that say the same in other words fall together.
 * @returns Largest group first; of equal ones the one with the earliest text.
 */
export async function clusterTexts(
  encoders: Encoders,
  texts: readonly string[],
  distance = 0.55,
  signal?: AbortSignal,
): Promise<TextCluster[]> {
  if (texts.length > MAX_TEXTS) {
    throw new EngineError(
      "bad-option",
      `${texts.length} texts were given; at most ${MAX_TEXTS} can be grouped at once.`,
      { texts: texts.length },
    );
  }
  if (texts.length === 0) return [];
  const vectors = await embedSentences(encoders, texts, signal);
  return groupVectors(vectors, distance);
}

/** The same on vectors of length 1. */
export function groupVectors(vectors: readonly Float32Array[], distance: number): TextCluster[] {
  const distances = vectors.map((a) => vectors.map((b) => Math.max(0, 1 - dot(a, b))));
  const groups =
    vectors.length < 2
      ? [[0]]
      : agnes(distances, { method: "average", isDistanceMatrix: true })
          .cut(distance)
          .map((c) => c.indices());
  return groups
    .map((members) =>
      describe(
        vectors,
        [...members].sort((a, b) => a - b),
      ),
    )
    .sort((a, b) => b.members.length - a.members.length || a.members[0]! - b.members[0]!);
}

function describe(vectors: readonly Float32Array[], members: readonly number[]): TextCluster {
  const centre = normalize(mean(members.map((i) => vectors[i]!)));
  const cosines = members.map((i) => dot(vectors[i]!, centre));
  const best = cosines.indexOf(Math.max(...cosines));
  return {
    members,
    exemplar: members[best]!,
    cohesion: Number((cosines.reduce((a, b) => a + b, 0) / cosines.length).toFixed(6)),
  };
}

export interface DuplicatePair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

/**
 * Pairs of texts that ask or say the same: sentence cosine of at least `threshold`.
 * @returns Most alike first.
 */
export async function findDuplicates(
  encoders: Encoders,
  texts: readonly string[],
  threshold = 0.8,
  signal?: AbortSignal,
): Promise<DuplicatePair[]> {
  const vectors = await embedSentences(encoders, texts, signal);
  const pairs: DuplicatePair[] = [];
  vectors.forEach((a, i) => {
    for (let j = i + 1; j < vectors.length; j++) {
      const similarity = Number(dot(a, vectors[j]!).toFixed(6));
      if (similarity >= threshold) pairs.push({ a: i, b: j, similarity });
    }
  });
  return pairs.sort((x, y) => y.similarity - x.similarity || x.a - y.a || x.b - y.b);
}
