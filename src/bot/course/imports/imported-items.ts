import { type CourseItem, itemSchema } from "../item-schema.ts";

export interface ItemImport {
  readonly items: readonly CourseItem[];
  /** What could not be taken, with the line or title it stands at. */
  readonly refused: readonly { readonly where: string; readonly reason: string }[];
  /** What was taken and lost something on the way. */
  readonly notes: readonly { readonly where: string; readonly reason: string }[];
}

/** What the file itself does not say. */
export interface ImportDefaults {
  /** Objectives for items that name none the course knows. */
  readonly objective: string;
  readonly knownObjectives: readonly string[];
  /** Where the items come from, as students read it. */
  readonly source: string;
  /** Ids that are taken. */
  readonly takenIds: readonly string[];
}

/** Checks an item as the bank does. Returns it, or what is wrong in words. */
export function checkedItem(raw: Record<string, unknown>): CourseItem | string {
  const checked = itemSchema.safeParse(raw);
  if (checked.success) return checked.data;
  return checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

/** An id from a title or the first words of a question, unlike all in `taken`; it is added there. */
export function newItemId(words: string, taken: Set<string>): string {
  const slug = words
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .split("-")
    .slice(0, 6)
    .join("-");
  const base = slug || "item";
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}
