/**
 * What a pressed element brings back: the action's name, the record and, for a button, its value. The names
 * are part of posted messages, so this format stays readable for ever.
 */
export interface ButtonId {
  readonly action: string;
  readonly record: string;
}

const PREFIX = "cloze";

/** @param place Tells elements of one block apart. */
export function writeButtonId({ action, record }: ButtonId, place: number | string): string {
  return [PREFIX, action, record, place].join("/");
}

/** Undefined for an element that Cloze did not make. */
export function readButtonId(actionId: string): ButtonId | undefined {
  const [prefix, action, record, place] = actionId.split("/");
  if (prefix !== PREFIX || !action || record === undefined || place === undefined) return undefined;
  return { action, record };
}

const LINK = "cloze-link/";

/** The id of a button that opens an address: Slack tells of its presses too, and they ask for nothing. */
export function linkId(place: number): string {
  return LINK + place;
}

export function isLinkId(actionId: string): boolean {
  return actionId.startsWith(LINK);
}

/** Matches the ids of every element and form made by Cloze's actions. */
export const BUTTON_ID = /^cloze\//;
