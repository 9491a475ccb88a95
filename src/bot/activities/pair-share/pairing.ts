/** A person with an answer, as far as pairing needs it. */
export interface Pairable {
  readonly personId: string;
}

export interface PairingRules<P extends Pairable> {
  /** How different two answers are: 0 the same, 1 as different as can be. */
  readonly distance: (a: P, b: P) => number;
  /** Whether two people were together not long ago. */
  readonly recent: (a: string, b: string) => boolean;
  /** People with the same answer, where answers are the same or not; absent for answers in free words. */
  readonly groupOf?: (person: P) => string;
}

/** What being together again costs, as a part of the distance between two answers. */
const REPEAT_COST = 0.4;
/** Rounds of improvement; each one looks at all pairs of pairs. */
const MOST_ROUNDS = 20;

/**
 * Pairs people whose answers differ. Where answers are the same or not, the two largest groups of answers give a
 * person each, again and again, which makes as many mixed pairs as there can be: min(⌊n/2⌋, n − largest). In free
 * words those farthest apart are paired first. Partners are then exchanged while that makes the whole more
 * different or parts people who were together recently. Who is left over makes a trio.
 * @returns groups of two, at most one of three; a single person alone; nobody for nobody. The same input gives
 *   the same groups.
 */
export function pairUp<P extends Pairable>(people: readonly P[], rules: PairingRules<P>): P[][] {
  if (people.length < 2) return people.map((person) => [person]);
  const { pairs, left } = rules.groupOf
    ? byGroups(people, rules.groupOf)
    : byDistance(people, (a, b) => cost(a, b, rules));
  improve(pairs, rules);
  const groups: P[][] = pairs.map(([a, b]) => [a, b]);
  if (left) leastCostly(groups, left, rules).push(left);
  return groups;
}

function cost<P extends Pairable>(a: P, b: P, { distance, recent }: PairingRules<P>): number {
  return 1 - distance(a, b) + (recent(a.personId, b.personId) ? REPEAT_COST : 0);
}

type Pairs<P> = { readonly pairs: [P, P][]; readonly left: P | undefined };

function byGroups<P>(people: readonly P[], groupOf: (person: P) => string): Pairs<P> {
  const groups = [...Map.groupBy(people, groupOf).values()].map((group) => [...group]);
  const pairs: [P, P][] = [];
  for (;;) {
    // A stable sort: of equal groups the one that came first stays first.
    groups.sort((a, b) => b.length - a.length);
    const [largest = [], second = []] = groups;
    const a = largest.shift();
    const b = second.shift() ?? largest.shift();
    if (a === undefined || b === undefined) return { pairs, left: a };
    pairs.push([a, b]);
  }
}

function byDistance<P>(people: readonly P[], costOf: (a: P, b: P) => number): Pairs<P> {
  const all = people.flatMap((a, i) => people.slice(i + 1).map((b) => ({ a, b, cost: costOf(a, b) })));
  all.sort((x, y) => x.cost - y.cost);
  const free = new Set(people);
  const pairs: [P, P][] = [];
  for (const { a, b } of all) {
    if (!free.has(a) || !free.has(b)) continue;
    free.delete(a);
    free.delete(b);
    pairs.push([a, b]);
  }
  return { pairs, left: [...free][0] };
}

/** Exchanges partners between two pairs while that lowers the cost of both together. */
function improve<P extends Pairable>(pairs: [P, P][], rules: PairingRules<P>): void {
  const of = (a: P, b: P) => cost(a, b, rules);
  for (let round = 0, changed = true; changed && round < MOST_ROUNDS; round++) {
    changed = false;
    for (const [i, first] of pairs.entries()) {
      for (const second of pairs.slice(i + 1)) {
        const [a, b] = first;
        const [c, d] = second;
        const now = of(a, b) + of(c, d);
        const ways: [P, P, P, P][] = [
          [a, c, b, d],
          [a, d, b, c],
        ];
        for (const [w, x, y, z] of ways) {
          if (of(w, x) + of(y, z) >= now - 1e-9) continue;
          first.splice(0, 2, w, x);
          second.splice(0, 2, y, z);
          changed = true;
          break;
        }
      }
    }
  }
}

/** The group to which adding this person costs least; smaller groups first. */
function leastCostly<P extends Pairable>(groups: P[][], person: P, rules: PairingRules<P>): P[] {
  const costWith = (group: readonly P[]) =>
    group.reduce((sum, other) => sum + cost(person, other, rules), 0) / group.length;
  return groups.reduce((best, group) => {
    if (group.length !== best.length) return group.length < best.length ? group : best;
    return costWith(group) < costWith(best) ? group : best;
  });
}
