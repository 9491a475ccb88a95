import { sampleCorrelation } from "simple-statistics";

/** One person's answer to one item. */
export interface ItemResponse {
  readonly personId: string;
  readonly itemId: string;
  /** From 0 (wrong) to 1 (right). */
  readonly score: number;
  /** The choices taken, for choice items. */
  readonly choices?: readonly string[];
}

export interface ItemStatistics {
  readonly itemId: string;
  /** People who answered. */
  readonly n: number;
  /** Item difficulty p: mean score; 1 is the easiest. */
  readonly difficulty: number;
  /**
   * Upper–lower 27 % discrimination: mean score of the best 27 % (by their mean score on the other items they
   * answered) less that of the lowest 27 %. Who answered no other item is left out; absent when nobody did.
   */
  readonly discrimination?: number;
  /**
   * Point-biserial correlation of the item with the mean score on the other items. Absent where either does not
   * vary.
   */
  readonly pointBiserial?: number;
  readonly choices: readonly ChoiceUse[];
  readonly flags: readonly ItemFlag[];
}

/** How often a choice was taken: by all, by the upper and by the lower 27 %, as shares. */
export interface ChoiceUse {
  readonly choice: string;
  readonly correct: boolean;
  readonly count: number;
  readonly share: number;
  readonly upperShare?: number;
  readonly lowerShare?: number;
}

/** Something a teacher should look at, with the reason in words. */
export interface ItemFlag {
  readonly kind:
    | "too-few"
    | "too-easy"
    | "too-hard"
    | "weak-discrimination"
    | "negative-discrimination"
    | "unused-distractor"
    | "attractive-distractor";
  readonly reason: string;
}

/** Below this many answers a figure says little, and is said to. */
export const FEWEST_ANSWERS = 10;
/** Kelley's share for the upper and lower groups (Kelley 1939, J. Educ. Psych. 30). */
const GROUP_SHARE = 0.27;
const TOO_EASY = 0.9;
const TOO_HARD = 0.2;
/** Ebel & Frisbie 1991: items below .20 are to be rejected or rewritten. */
const WEAK_DISCRIMINATION = 0.2;
const UNUSED_SHARE = 0.05;

/**
 * Classical item statistics of a set of items answered by one class.
 * @param key The right choices of each choice item, and all its choices, by item id.
 */
export function itemStatistics(
  responses: readonly ItemResponse[],
  key: ReadonlyMap<
    string,
    { readonly all: readonly string[]; readonly correct: readonly string[] }
  > = new Map(),
): ItemStatistics[] {
  const byItem = Map.groupBy(responses, ({ itemId }) => itemId);
  const byPerson = Map.groupBy(responses, ({ personId }) => personId);
  return [...byItem].map(([itemId, own]) => {
    // The mean rather than the sum: not everybody has answered the same items.
    const restOf = ({ personId }: ItemResponse) =>
      byPerson
        .get(personId)!
        .filter((each) => each.itemId !== itemId)
        .map(({ score }) => score);
    const comparable = own.filter((each) => restOf(each).length > 0);
    const rest = comparable.map((each) => mean(restOf(each)));
    const ranked = comparable.length > 0 ? groupWeights(rest) : undefined;
    const scores = own.map(({ score }) => score);
    const compared = comparable.map(({ score }) => score);
    const statistics = {
      itemId,
      n: own.length,
      difficulty: mean(scores),
      ...(ranked
        ? { discrimination: weighted(compared, ranked.upper) - weighted(compared, ranked.lower) }
        : {}),
      ...(varies(compared) && varies(rest) ? { pointBiserial: sampleCorrelation(compared, rest) } : {}),
      choices: choiceUse(own, comparable, key.get(itemId), ranked),
    };
    return { ...statistics, flags: flagsOf(statistics) };
  });
}

interface GroupWeights {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/**
 * How much each person belongs to the upper and the lower group. People with equal scores at a group's edge
 * share its last places, so that the figures do not depend on the order of answers.
 */
function groupWeights(totals: readonly number[]): GroupWeights {
  const size = Math.max(1, Math.round(GROUP_SHARE * totals.length));
  const weights = (better: (a: number, b: number) => boolean) =>
    totals.map((own) => {
      const ahead = totals.filter((other) => better(other, own)).length;
      const equal = totals.filter((other) => other === own).length;
      return Math.min(1, Math.max(0, (size - ahead) / equal));
    });
  return { upper: weights((a, b) => a > b), lower: weights((a, b) => a < b) };
}

function weighted(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, index) => sum + value * weights[index]!, 0) / total;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varies(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}

function choiceUse(
  responses: readonly ItemResponse[],
  comparable: readonly ItemResponse[],
  key: { readonly all: readonly string[]; readonly correct: readonly string[] } | undefined,
  groups: GroupWeights | undefined,
): ChoiceUse[] {
  return (key?.all ?? []).map((choice) => {
    const took = ({ choices }: ItemResponse) => (choices?.includes(choice) ? 1 : 0);
    const taken = responses.map(took);
    const compared = comparable.map(took);
    return {
      choice,
      correct: key!.correct.includes(choice),
      count: taken.filter((one) => one === 1).length,
      share: mean(taken),
      ...(groups
        ? { upperShare: weighted(compared, groups.upper), lowerShare: weighted(compared, groups.lower) }
        : {}),
    };
  });
}

function flagsOf(item: Omit<ItemStatistics, "flags">): ItemFlag[] {
  if (item.n < FEWEST_ANSWERS) {
    const reason = `${item.n} ${item.n === 1 ? "answer is" : "answers are"} too few to judge the item; at least ${FEWEST_ANSWERS} are needed.`;
    return [{ kind: "too-few", reason }];
  }
  const flags: ItemFlag[] = [];
  const share = Math.round(item.difficulty * 100);
  if (item.difficulty > TOO_EASY)
    flags.push({ kind: "too-easy", reason: `${share} % are right: it tells nobody apart.` });
  if (item.difficulty < TOO_HARD)
    flags.push({ kind: "too-hard", reason: `Only ${share} % are right: teach it again, or check the key.` });
  if (item.discrimination !== undefined && item.discrimination < 0) {
    const reason = `The weakest are right more often than the best (D = ${item.discrimination.toFixed(2)}): check the key and the wording.`;
    flags.push({ kind: "negative-discrimination", reason });
  } else if (item.discrimination !== undefined && item.discrimination < WEAK_DISCRIMINATION) {
    const reason = `The best are hardly more often right than the weakest (D = ${item.discrimination.toFixed(2)}).`;
    flags.push({ kind: "weak-discrimination", reason });
  }
  for (const { choice, correct, share: used, upperShare, lowerShare } of item.choices) {
    if (correct) continue;
    if (used < UNUSED_SHARE) {
      flags.push({
        kind: "unused-distractor",
        reason: `"${choice}" was hardly chosen: a distractor nobody believes.`,
      });
    }
    if (
      upperShare !== undefined &&
      lowerShare !== undefined &&
      upperShare > lowerShare &&
      upperShare >= 0.1
    ) {
      flags.push({
        kind: "attractive-distractor",
        reason: `"${choice}" draws the best more than the weakest: is it right as well?`,
      });
    }
  }
  return flags;
}
