import { LIMITS } from "./limits.ts";

/** What a button, a select or a form carries. */
export interface ActionKey {
  readonly action: string;
  readonly record: string;
  readonly value?: string;
}

/**
 * "poll.vote:k3x9:a": action and record hold no colon, the value may.
 * @param taken Ids already on the same message, where Discord wants each but once; a further one that would be
 *   the same gets a number in front: "2|poll.vote:k3x9:a". The id is added.
 * @throws {RangeError} when it is longer than Discord's 100 characters; cards promise at most 90.
 */
export function writeCustomId({ action, record, value }: ActionKey, taken: Set<string> = new Set()): string {
  const plain = [action, record, ...(value === undefined ? [] : [value])].join(":");
  let id = plain;
  for (let copy = 2; taken.has(id); copy++) id = `${copy}|${plain}`;
  taken.add(id);
  if (id.length <= LIMITS.customId) return id;
  throw new RangeError(
    `The button id "${id}" has ${id.length} characters; Discord takes ${LIMITS.customId}.`,
  );
}

export function readCustomId(id: string): ActionKey {
  const [action = "", record = "", ...value] = id.replace(/^\d+\|/, "").split(":");
  return { action, record, ...(value.length > 0 ? { value: value.join(":") } : {}) };
}
