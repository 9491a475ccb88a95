/** Where the rows of one request lie after a step, and what must be copied for it. */
export interface RowPlan {
  /** The slot of each continuation, in their order. */
  readonly slots: readonly number[];
  /** Copies to make before the next pass; no source is overwritten, whatever the order. */
  readonly copies: readonly { readonly from: number; readonly to: number }[];
  /** Slots of this request that nothing uses any more. */
  readonly freed: readonly number[];
}

/**
 * Places the continuations of one request's rows. The first child of a row stays where its parent was; further
 * children take the slots of rows without children, and only then new ones.
 * @param slots Slot of each present row.
 * @param parents For each continuation the index of the row it continues.
 * @param takeSlot Gives a slot that is not in use.
 */
export function planRows(
  slots: readonly number[],
  parents: readonly number[],
  takeSlot: () => number,
): RowPlan {
  const continued = new Set(parents);
  const free = slots.filter((_, row) => !continued.has(row));
  const placed = new Set<number>();
  const copies: { from: number; to: number }[] = [];
  const next = parents.map((parent) => {
    const from = slots[parent];
    if (from === undefined) throw new Error(`a continuation names row ${parent} of ${slots.length}`);
    if (!placed.has(parent)) {
      placed.add(parent);
      return from;
    }
    const to = free.shift() ?? takeSlot();
    copies.push({ from, to });
    return to;
  });
  return { slots: next, copies, freed: free };
}
