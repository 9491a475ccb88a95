import { randomInt } from "node:crypto";

/** Digits and capital letters without those that are taken for each other (I, L, O, U); Crockford's base 32. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A random name of `length` characters, 5 bits each, easy to read aloud and to type. */
export function shortId(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** What somebody meant who typed a short id: small letters, spaces, hyphens and look-alikes forgiven. */
export function readShortId(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
}
