import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import type { LabelledText } from "../../engine/encoding/nearest-centroid.ts";
import { UserError } from "../errors.ts";

/**
 * Reads examples from a table whose first line names the columns text and label (others are passed over; separated by
 * commas, semicolons or tabs), or from lines "label: text".
 * @throws {UserError} "examples-unreadable" naming the line
 */
export function readExamples(given: string): LabelledText[] {
  const text = given.replace(/^\uFEFF/, "");
  const firstLine = text.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = [",", ";", "\t"].find((mark) => firstLine.includes(mark));
  const header = firstLine.split(delimiter ?? "\n").map(plainName);
  const isTable = delimiter !== undefined && header.includes("text") && header.includes("label");
  const examples = isTable ? readTable(text, delimiter) : readLines(text);
  if (examples.length > 0) return examples;
  throw unreadable("there is no example in it");
}

const plainName = (name: string) =>
  name
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .toLowerCase();

function readTable(text: string, delimiter: string): LabelledText[] {
  try {
    const rows = parse(text, {
      delimiter,
      info: true,
      columns: (names: string[]) => names.map(plainName),
      skip_empty_lines: true,
    }) as unknown as { record: Partial<Record<"text" | "label", string>>; info: { lines: number } }[];
    return rows.map(({ record, info }) => checked(record.label, record.text, info.lines));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(`as a table it is broken: ${error.message}`);
  }
}

function readLines(text: string): LabelledText[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const colon = line.indexOf(":");
    if (colon < 0) throw unreadable(`line ${i + 1} has no colon`);
    return [checked(line.slice(0, colon), line.slice(colon + 1), i + 1)];
  });
}

function checked(label = "", text = "", line: number): LabelledText {
  if (label.trim() === "") throw unreadable(`line ${line} has no label`);
  if (text.trim() === "") throw unreadable(`line ${line} has no text`);
  return { label: label.trim(), text: text.trim() };
}

function unreadable(why: string): UserError {
  return new UserError(
    "examples-unreadable",
    `These examples can't be read: ${why}. Give a CSV table whose first line is text,label; or one example a line, as in "spam: You have won!".`,
  );
}
