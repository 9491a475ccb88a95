import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCourse } from "../../src/bot/course/read-course.ts";
import { damaged } from "./hostile-text.ts";
import type { Target } from "./target.ts";

const OBJECTIVES = "title: T\nobjectives:\n  - id: a.b\n    name: N\n    description: D\n";
const ITEMS =
  "items:\n  - id: one\n    kind: single\n    objectives: [a.b]\n    question: Q?\n    choices:\n      - { text: x, right: true }\n      - { text: y }\n    explanation: E\n    source: S\n";

const folder = mkdtempSync(join(tmpdir(), "cloze-fuzz-"));
mkdirSync(join(folder, "items"));
writeFileSync(join(folder, "objectives.yaml"), OBJECTIVES);
writeFileSync(join(folder, "items/one.yaml"), ITEMS);

/** A course's two kinds of files, each damaged beside a whole one. */
export const courseFiles: readonly Target[] = ["objectives.yaml", "items/one.yaml"].map((name) => ({
  name: `a course's ${name.replace("one", "…")}`,
  source: "src/bot/course/read-course.ts",
  input: damaged(name.startsWith("items") ? ITEMS : OBJECTIVES),
  run: async (text: string) => {
    const whole = name.startsWith("items") ? ITEMS : OBJECTIVES;
    writeFileSync(join(folder, name), text);
    const { problems } = await readCourse(folder);
    writeFileSync(join(folder, name), whole);
    for (const { line, message } of problems) {
      if (message.trim() === "" || !Number.isInteger(line))
        throw new Error("a problem without words or place");
    }
  },
}));
