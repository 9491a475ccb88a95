import { shortId } from "../short-id.ts";

/** A new id for a stored record: 10 characters (50 bits), short enough for a button's id. */
export function newRecordId(): string {
  return shortId(10);
}
