import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { UserError } from "../../errors.ts";
import { checkedItem, type ImportDefaults, type ItemImport, newItemId } from "./imported-items.ts";

const REQUIRED = ["kind", "question", "right"] as const;
const OPTIONAL = ["id", "objectives", "wrong", "tolerance", "explanation", "source"] as const;
const KINDS = ["single", "multiple", "numeric", "short"];

/**
 * Reads items from a table with the columns kind, question, right, and if wanted id, objectives, wrong, tolerance,
 * explanation, source. Several values in a cell are separated by |.
 * @throws {UserError} "items-unreadable": no table, or columns missing or unknown
 */
export function readItemsCsv(text: string, defaults: ImportDefaults): ItemImport {
  const rows = readRows(text);
  const items: ItemImport["items"][number][] = [];
  const refused: { where: string; reason: string }[] = [];
  const taken = new Set(defaults.takenIds);
  for (const { line, row } of rows) {
    const where = `line ${line}`;
    const kind = row.kind?.trim().toLowerCase() ?? "";
    if (!KINDS.includes(kind)) {
      refused.push({ where, reason: `kind is "${kind}"; it must be one of ${KINDS.join(", ")}` });
      continue;
    }
    const right = parts(row.right);
    const objectives = parts(row.objectives);
    const item = checkedItem({
      id: newItemId(row.id || row.question || "", taken),
      kind,
      objectives: objectives.length > 0 ? objectives : [defaults.objective],
      question: row.question ?? "",
      explanation: row.explanation || `The right answer: ${right.join(", ")}`,
      source: row.source || defaults.source,
      ...answerFields(kind, right, row),
    });
    if (typeof item === "string") refused.push({ where, reason: item });
    else if (kind === "single" && right.length !== 1) {
      refused.push({ where, reason: `right names ${right.length} choices; a single choice has exactly one` });
    } else items.push(item);
  }
  return { items, refused, notes: [] };
}

function answerFields(kind: string, right: readonly string[], row: Row): Record<string, unknown> {
  if (kind === "numeric")
    return { answer: Number(row.right || Number.NaN), tolerance: Number(row.tolerance || 0) };
  if (kind === "short") return { references: right };
  return {
    choices: [
      ...right.map((text) => ({ text, correct: true })),
      ...parts(row.wrong).map((text) => ({ text })),
    ],
  };
}

type Row = Partial<Record<(typeof REQUIRED)[number] | (typeof OPTIONAL)[number], string>>;

function readRows(text: string): { line: number; row: Row }[] {
  const firstLine = text.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = [",", ";", "\t"].find((mark) => firstLine.includes(mark)) ?? ",";
  let rows: { record: Row; info: { lines: number } }[];
  try {
    const columns = (header: string[]) => header.map((name) => name.trim().toLowerCase());
    rows = parse(text, {
      bom: true,
      delimiter,
      columns,
      info: true,
      skip_empty_lines: true,
    }) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError("items-unreadable", `This can't be read as a table: ${error.message}.`);
  }
  const header = Object.keys(rows[0]?.record ?? {});
  const missing = REQUIRED.filter((name) => !header.includes(name));
  const unknown = header.filter((name) => ![...REQUIRED, ...OPTIONAL].some((each) => each === name));
  if (missing.length > 0 || unknown.length > 0) {
    const what =
      missing.length > 0 ? `${missing.join(", ")} is missing` : `${unknown.join(", ")} is not known`;
    throw new UserError(
      "items-unreadable",
      `The first line must name the columns; ${what}. Needed: ${REQUIRED.join(", ")}. Allowed: ${OPTIONAL.join(", ")}.`,
      { missing, unknown },
    );
  }
  return rows.map(({ record, info }) => ({ row: record, line: info.lines }));
}

function parts(cell: string | undefined): string[] {
  return (cell ?? "")
    .split("|")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
