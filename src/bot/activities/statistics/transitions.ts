/** What became of the answers between a first vote and the revote, for the people who gave both. */
export interface Transitions {
  readonly n: number;
  readonly rightToRight: number;
  readonly rightToWrong: number;
  readonly wrongToRight: number;
  readonly wrongToWrong: number;
  /** Shares right, from 0 to 1. */
  readonly before: number;
  readonly after: number;
  /**
   * Hake's normalised gain (post − pre) / (100 − pre): the part of what could be gained that was. Negative for a
   * loss. Absent when everybody was right before. Source: Hake 1998, Am. J. Phys. 66, 64.
   */
  readonly normalisedGain?: number;
}

/** @param before Whether each person was right, by person id; likewise `after`. People with one answer only are left out. */
export function transitions(
  before: ReadonlyMap<string, boolean>,
  after: ReadonlyMap<string, boolean>,
): Transitions {
  const both = [...before.keys()].filter((person) => after.has(person));
  const count = (was: boolean, is: boolean) =>
    both.filter((person) => before.get(person) === was && after.get(person) === is).length;
  const table = {
    rightToRight: count(true, true),
    rightToWrong: count(true, false),
    wrongToRight: count(false, true),
    wrongToWrong: count(false, false),
  };
  const n = both.length;
  const pre = n === 0 ? 0 : (table.rightToRight + table.rightToWrong) / n;
  const post = n === 0 ? 0 : (table.rightToRight + table.wrongToRight) / n;
  return {
    n,
    ...table,
    before: pre,
    after: post,
    ...(n > 0 && pre < 1 ? { normalisedGain: (post - pre) / (1 - pre) } : {}),
  };
}

/** Between which shares right a discussion pays: Crouch & Mazur 2001, Am. J. Phys. 69, 970, figure 5. */
export const DISCUSSION_RANGE = { from: 0.35, to: 0.7 } as const;

export type Advice = "re-teach" | "discuss" | "move-on";

/** What to do after a first vote, by the share that was right. Both ends of the range mean discussion. */
export function adviceFor(
  shareRight: number,
  range: { readonly from: number; readonly to: number } = DISCUSSION_RANGE,
): Advice {
  if (shareRight < range.from) return "re-teach";
  return shareRight > range.to ? "move-on" : "discuss";
}
