import { UserError } from "../errors.ts";

const LONGEST = 40;

/**
 * The name of a set of examples or of a head, in small letters: letters and digits of any script, with - and _ between.
 * @param what What is named, for the message: "The set's name".
 * @throws {UserError} "name-invalid"
 */
export function checkedName(what: string, given: string): string {
  const name = given.trim().normalize("NFC").toLowerCase();
  if (name.length <= LONGEST && /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u.test(name)) return name;
  throw new UserError(
    "name-invalid",
    `${what} is "${name.slice(0, 60).toWellFormed()}"; it must be at most ${LONGEST} letters and digits, with - or _ between, such as spam-2.`,
    { given: name },
  );
}
