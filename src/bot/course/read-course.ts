import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import type { ZodType } from "zod";
import { yamlValue } from "../yaml-value.ts";
import { type CourseItem, itemsFileSchema, type Objective, objectivesFileSchema } from "./item-schema.ts";

/** Something wrong in a course file: where, what came, and what to do. */
export interface CourseProblem {
  /** Relative to the course folder. */
  readonly file: string;
  /** From 1; 0 when the file as a whole is meant. */
  readonly line: number;
  readonly message: string;
}

export interface ItemPlace {
  readonly file: string;
  readonly line: number;
}

/** The bank of questions, as far as it could be read, with every problem found. */
export interface CourseContent {
  readonly title: string;
  readonly objectives: readonly Objective[];
  readonly items: readonly CourseItem[];
  /** Where each item stands, by id. */
  readonly places: ReadonlyMap<string, ItemPlace>;
  readonly problems: readonly CourseProblem[];
}

const OBJECTIVES_FILE = "objectives.yaml";
const ITEMS_FOLDER = "items";

/**
 * Reads `objectives.yaml` and every `items/*.yaml` of a course folder. A file that can't be used is told as a
 * problem and left out; nothing is thrown for what a teacher wrote.
 */
export async function readCourse(folder: string): Promise<CourseContent> {
  const problems: CourseProblem[] = [];
  const objectives = await readFileAs(folder, OBJECTIVES_FILE, objectivesFileSchema, problems);
  const items: CourseItem[] = [];
  const places = new Map<string, ItemPlace>();
  for (const name of await itemFiles(folder, problems)) {
    const file = `${ITEMS_FOLDER}/${name}`;
    const read = await readFileAs(folder, file, itemsFileSchema, problems);
    for (const [index, item] of (read?.value.items ?? []).entries()) {
      const line = read!.lineOf(["items", index]);
      const before = places.get(item.id);
      if (before) {
        const message = `The id "${item.id}" stands already in ${before.file}, line ${before.line}. Give one of them another id.`;
        problems.push({ file, line, message });
        continue;
      }
      places.set(item.id, { file, line });
      items.push(item);
    }
  }
  return {
    title: objectives?.value.title ?? "Course",
    objectives: objectives?.value.objectives ?? [],
    items,
    places,
    problems,
  };
}

async function itemFiles(folder: string, problems: CourseProblem[]): Promise<string[]> {
  try {
    const names = await readdir(join(folder, ITEMS_FOLDER));
    return names.filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch {
    const message = `There is no folder "${ITEMS_FOLDER}". Put the questions there, in files that end in .yaml.`;
    problems.push({ file: ITEMS_FOLDER, line: 0, message });
    return [];
  }
}

interface ReadFile<T> {
  readonly value: T;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

async function readFileAs<T>(
  folder: string,
  file: string,
  schema: ZodType<T>,
  problems: CourseProblem[],
): Promise<ReadFile<T> | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, file), "utf8");
  } catch {
    problems.push({ file, line: 0, message: `The file can't be read. Is it there?` });
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  if (document.errors.length > 0) {
    for (const { message, pos } of document.errors) {
      problems.push({
        file,
        line: lines.linePos(pos[0]).line,
        message: `This is no YAML: ${message.split("\n")[0]}`,
      });
    }
    return undefined;
  }
  // A missing key has no node of its own, so its nearest parent tells the line.
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 0;
  };
  const plain = yamlValue(document);
  if ("problem" in plain) {
    problems.push({ file, line: 1, message: `This YAML can't be used: ${plain.problem}` });
    return undefined;
  }
  const result = schema.safeParse(plain.value);
  if (result.success) return { value: result.data, lineOf };
  for (const { path, message } of result.error.issues) {
    const where = path.length > 0 ? `${path.join(".")}: ` : "";
    problems.push({ file, line: lineOf(path), message: `${where}${message}` });
  }
  return undefined;
}
