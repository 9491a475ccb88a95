import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { UserError } from "../errors.ts";
import type { CanvasStudent } from "./roster.ts";

const COLUMNS = {
  Student: "student",
  ID: "id",
  "SIS User ID": "sisUserId",
  "SIS Login ID": "sisLoginId",
  Section: "section",
} as const satisfies Record<string, keyof CanvasStudent>;

export interface CanvasLines {
  readonly students: readonly { readonly line: number; readonly student: CanvasStudent }[];
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Reads the student columns of a Canvas gradebook export; columns of assignments are passed over, and so are
 * Canvas' own lines "Points Possible" and "Student, Test". Separated by commas, semicolons or tabs.
 * @throws {UserError} "roster-unreadable": no table, or columns missing.
 */
export function readCanvasCsv(csv: string): CanvasLines {
  const rows = readRows(csv);
  const header = rows[0]?.record.map((name) => name.trim()) ?? [];
  const places = Object.entries(COLUMNS).map(([name, field]) => ({ name, field, at: header.indexOf(name) }));
  const missing = places.filter(({ at, name }) => at < 0 && name !== "Section").map(({ name }) => name);
  if (missing.length) {
    throw new UserError(
      "roster-unreadable",
      `The first line must name Canvas' columns; ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing. In Canvas: Grades, Export, then use that file as it is. It begins: Student,ID,SIS User ID,SIS Login ID,Section`,
      { missing, header },
    );
  }
  const students: { line: number; student: CanvasStudent }[] = [];
  const refused: { line: number; reason: string }[] = [];
  const seen = new Map<string, number>();
  for (const { line, record } of rows.slice(1)) {
    const student = Object.fromEntries(
      places.map(({ field, at }) => [field, (record[at] ?? "").trim()]),
    ) as unknown as CanvasStudent;
    if (/^(Points Possible|Student, Test)$/.test(student.student)) continue;
    const reason = problem(student, seen);
    if (reason) {
      refused.push({ line, reason });
      continue;
    }
    seen.set(student.id, line);
    students.push({ line, student });
  }
  return { students, refused };
}

function problem({ student, id }: CanvasStudent, seen: ReadonlyMap<string, number>): string | undefined {
  if (!student) return "there is no name in the column Student";
  if (!id) return `${student} has no ID`;
  const before = seen.get(id);
  return before === undefined ? undefined : `ID ${id} stands in line ${before} already`;
}

function readRows(csv: string): readonly { line: number; record: string[] }[] {
  const firstLine = csv.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = [",", ";", "\t"].find((mark) => firstLine.includes(mark)) ?? ",";
  try {
    const rows = parse(csv, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    });
    return (rows as unknown as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError("roster-unreadable", `This can't be read as a table: ${error.message}.`, {
      line: error.lines,
    });
  }
}
