import { stringify } from "csv-stringify/sync";

export type Cell = string | number | undefined;

/**
 * Text that a spreadsheet would take for a formula, also behind white space: OWASP's list of beginnings with
 * their full-width forms.
 */
const FORMULA = /^[\s\p{Cf}]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u;

/**
 * A table as CSV. Texts that a spreadsheet would run begin with an apostrophe; numbers stay numbers.
 * @param bom Marks UTF-8 for spreadsheets that guess otherwise.
 */
export function toCsv(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  { bom = false } = {},
): string {
  const cells = (row: readonly Cell[]) =>
    row.map((cell) => (typeof cell === "string" ? defused(cell) : cell === undefined ? "" : number(cell)));
  return stringify([header, ...rows].map(cells), { bom });
}

export function defused(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Without the noise of binary fractions. */
function number(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
