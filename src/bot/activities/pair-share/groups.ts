/**
 * Who talks with whom while it changes: people come late, leave, or find nobody. Pure steps; every one keeps each
 * person in at most one group.
 */
export interface Grouping {
  /** Person ids. Somebody in a group alone waits for a partner. */
  readonly groups: readonly (readonly string[])[];
  /** Said by their partner not to be there, until they ask for their partner again. */
  readonly absent: readonly string[];
  readonly optedOut: readonly string[];
}

/** No group grows beyond this, unless all are as large. */
const MOST = 3;

export function groupOf(
  { groups }: { readonly groups?: Grouping["groups"] | undefined },
  personId: string,
): readonly string[] | undefined {
  return groups?.find((group) => group.includes(personId));
}

/**
 * Somebody asks for their partner: who has none, or was taken for absent and is alone, joins somebody who waits,
 * else the pair they differ from most.
 * @param distance Between the answers of two people, 0 to 1.
 */
export function joined(
  grouping: Grouping,
  personId: string,
  distance: (a: string, b: string) => number,
): Grouping {
  const back = {
    ...grouping,
    absent: grouping.absent.filter((each) => each !== personId),
    optedOut: grouping.optedOut.filter((each) => each !== personId),
  };
  const own = groupOf(back, personId);
  if (own && own.length > 1) return back;
  return placed(without(back, personId), personId, distance, []);
}

/**
 * Somebody's partners are not there: they go to another group, and the partners count as absent until they ask
 * for theirs.
 */
export function reported(
  grouping: Grouping,
  personId: string,
  distance: (a: string, b: string) => number,
): Grouping {
  const own = groupOf(grouping, personId) ?? [];
  const partners = own.filter((each) => each !== personId);
  const left = {
    ...without(grouping, personId),
    absent: [...new Set([...grouping.absent, ...partners])],
  };
  return placed(left, personId, distance, partners);
}

/** Somebody wants no partner this time; who was alone with them joins another group. */
export function optedOut(
  grouping: Grouping,
  personId: string,
  distance: (a: string, b: string) => number,
): Grouping {
  const own = groupOf(grouping, personId) ?? [];
  const left = { ...without(grouping, personId), optedOut: [...new Set([...grouping.optedOut, personId])] };
  const alone = own.filter((each) => each !== personId && !left.absent.includes(each));
  return own.length === 2 && alone[0] !== undefined ? joined(left, alone[0], distance) : left;
}

/** Puts somebody who is in no group into one, but with none of `avoid`. */
function placed(
  grouping: Grouping,
  personId: string,
  distance: (a: string, b: string) => number,
  avoid: readonly string[],
): Grouping {
  const { groups, absent } = grouping;
  const present = (group: readonly string[]) => group.filter((each) => !absent.includes(each));
  const open = groups.filter(
    (group) => present(group).length > 0 && !group.some((each) => avoid.includes(each)),
  );
  const away = (group: readonly string[]) => {
    const others = present(group);
    return others.reduce((sum, each) => sum + distance(personId, each), 0) / others.length;
  };
  // Who waits alone comes first, then pairs; where all are trios, the one that differs most grows.
  const size = (group: readonly string[]) => Math.min(group.length, MOST);
  const best = [...open].sort((a, b) => size(a) - size(b) || away(b) - away(a))[0];
  if (!best) return { ...grouping, groups: [...groups, [personId]] };
  return { ...grouping, groups: groups.map((group) => (group === best ? [...group, personId] : group)) };
}

function without(grouping: Grouping, personId: string): Grouping {
  const groups = grouping.groups
    .map((group) => group.filter((each) => each !== personId))
    .filter((group) => group.length > 0);
  return { ...grouping, groups };
}
