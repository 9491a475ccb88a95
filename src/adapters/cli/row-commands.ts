import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { UserError } from "../../bot/errors.ts";
import type { Encoders } from "../../engine/encoding/encoders.ts";
import { gradeShortAnswers } from "../../engine/encoding/grading/grade-short-answer.ts";
import { wordAtSpan } from "../../engine/encoding/marked-word.ts";
import { embedSentences } from "../../engine/encoding/sentence-embeddings.ts";
import { contextualVectors } from "../../engine/encoding/word-vectors.ts";

interface Asked {
  readonly words: readonly string[];
  readonly encoders: Encoders;
  /** Takes whole lines. */
  readonly write: (lines: string) => void;
}

/** Rows worked on together: enough to be fast, few enough that memory stays small and lines come while it works. */
const CHUNK = 512;

const embedRow = z.strictObject({
  text: z.string().min(1),
  /** The word's first character and the one after its last; without it the whole text is embedded. */
  span: z.tuple([z.int(), z.int()]).optional(),
});

const gradeRow = z.strictObject({
  question: z.string().optional(),
  references: z.array(z.string().min(1)).min(1),
  answer: z.string(),
});

/**
 * `cloze embed --input rows.jsonl`: prints a `{vector}` a line, of the text or of the word at its span.
 * @throws {UserError} for a line that can't be read, before anything is printed.
 */
export async function embedCommand({ words, encoders, write }: Asked): Promise<void> {
  const rows = readRows(words, "embed", embedRow, '{"text": "I saw a bat.", "span": [8, 11]}');
  // Found out before any work is done, like everything that is wrong with a line.
  const places = rows.map(({ text, span }, i) =>
    span === undefined ? undefined : inLine(i, () => wordAtSpan(text, span)),
  );
  for (let start = 0; start < rows.length; start += CHUNK) {
    const indices = [...rows.slice(start, start + CHUNK).keys()].map((i) => start + i);
    const whole = indices.filter((i) => places[i] === undefined);
    const marked = indices.filter((i) => places[i] !== undefined);
    const [sentences, inContext] = await Promise.all([
      embedSentences(
        encoders,
        whole.map((i) => rows[i]!.text),
      ),
      contextualVectors(
        encoders,
        marked.map((i) => places[i]!),
      ),
    ]);
    const vectors = new Map<number, Float32Array>();
    whole.forEach((row, i) => {
      vectors.set(row, sentences[i]!);
    });
    marked.forEach((row, i) => {
      vectors.set(row, inContext[i]!);
    });
    write(indices.map((i) => `${JSON.stringify({ vector: Array.from(vectors.get(i)!) })}\n`).join(""));
  }
}

/**
 * `cloze grade --input answers.jsonl`: prints `{score, band, nearestReference, missing}` a line.
 * @throws {UserError} for a line that can't be read, before anything is printed.
 */
export async function gradeCommand({ words, encoders, write }: Asked): Promise<void> {
  const example = '{"question": "What is a bat?", "references": ["a flying mammal"], "answer": "an animal"}';
  const rows = readRows(words, "grade", gradeRow, example);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK).map(({ question, ...row }) => ({
      ...row,
      ...(question !== undefined && { question }),
    }));
    const grades = await gradeShortAnswers(encoders, chunk);
    const lines = grades.map(({ score, band, nearestReference, missing }) =>
      JSON.stringify({ score, band, nearestReference, missing }),
    );
    write(`${lines.join("\n")}\n`);
  }
}

function readRows<Row>(
  words: readonly string[],
  command: string,
  schema: z.ZodType<Row>,
  example: string,
): Row[] {
  const usage = `cloze ${command} --input FILE (- for standard input; a JSON object a line, as ${example})`;
  const text = readInput(words, usage);
  const rows = text
    .split(/\r?\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, number }) => {
      const parsed = schema.safeParse(parseJson(line, number));
      if (parsed.success) return parsed.data;
      throw new UserError(
        "row-invalid",
        `Line ${number}: ${z.prettifyError(parsed.error).replace(/^✖ /, "").replace(/\n/g, " ")}. A line looks like ${example}`,
        { line: number },
      );
    });
  if (rows.length === 0) throw new UserError("rows-missing", `The input has no lines. Usage: ${usage}`);
  return rows;
}

function readInput(words: readonly string[], usage: string): string {
  let file: string | undefined;
  try {
    const { values } = parseArgs({ args: [...words], options: { input: { type: "string" } } });
    file = values.input;
  } catch (error) {
    throw new UserError("arguments-invalid", `${(error as Error).message} Usage: ${usage}`, { usage });
  }
  if (file === undefined) throw new UserError("arguments-invalid", `Which rows? Usage: ${usage}`, { usage });
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UserError("input-unreadable", `${file} can't be read: ${(error as Error).message}`, { file });
  }
}

function parseJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UserError("row-invalid", `Line ${number} is not JSON: ${(error as Error).message}`, {
      line: number,
    });
  }
}

/** Runs a check of one row; what it throws is told with the row's number. */
function inLine<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new UserError("row-invalid", `Row ${index + 1}: ${(error as Error).message}`, { row: index + 1 });
  }
}
