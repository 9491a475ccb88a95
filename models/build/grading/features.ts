/**
 * Writes the features of human-graded answers, as Cloze itself computes them, for fit.py:
 *
 *     node features.ts graded-answers.jsonl features.jsonl
 *
 * Rows of the input: {corpus, questionId, question, references, answer, label} (SemEval-2013 Task 7, 3-way).
 */

import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import { FEATURES } from "../../../src/engine/encoding/grading/answer-features.ts";
import { readAnswers } from "../../../src/engine/encoding/grading/read-answers.ts";

const [input, output] = process.argv.slice(2);
if (!input || !output) throw new Error("Usage: node features.ts graded-answers.jsonl features.jsonl");

const rows = [];
for await (const line of createInterface({ input: createReadStream(input) })) rows.push(JSON.parse(line));
const encoders = openEncoders({ modelsDir: join(import.meta.dirname, "../.."), threads: Number(process.env.THREADS ?? 2) });
const started = performance.now();
const features = await readAnswers(encoders, rows);
console.log(`${rows.length} answers in ${((performance.now() - started) / 1000).toFixed(1)} s`);
const file = createWriteStream(output);
file.write(`${JSON.stringify({ features: FEATURES })}\n`);
features.forEach(({ values }, i) => {
  const { corpus, questionId, label } = rows[i];
  file.write(`${JSON.stringify({ question: `${corpus}:${questionId}`, label, values: values.map((v) => Number(v.toFixed(5))) })}\n`);
});
file.end();
await encoders.close();
