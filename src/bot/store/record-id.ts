import { randomBytes } from "node:crypto";

const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const LENGTH = 10;

/** A new id for a stored record: 10 characters (49 bits) that can be read aloud and fit a button's id. */
export function newRecordId(): string {
  let id = "";
  while (id.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      // The highest bytes would make the alphabet's first letters likelier.
      if (byte < 256 - (256 % ALPHABET.length) && id.length < LENGTH) id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return id;
}
