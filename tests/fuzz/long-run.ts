/**
 * Every parser with many more cases than `npm test` has time for, each from a new seed:
 *
 *   npm run fuzz -- 100000
 *   npm run fuzz -- 100000 cloze.yaml
 *
 * One line a parser, as the table of docs/fuzzing.md has them. A failure is printed with its smallest input and
 * the seed that finds it again, and the run ends with status 1.
 */
import { randomInt } from "node:crypto";
import fc from "fast-check";
import { cardRenderers } from "./card-renderers.ts";
import { courseFiles } from "./course-files.ts";
import { type Target, tryOut } from "./target.ts";
import { textParsers } from "./text-parsers.ts";

const [given = "100000", only = ""] = process.argv.slice(2);
const cases = Number(given);
if (!Number.isSafeInteger(cases) || cases < 1) {
  console.error(`fuzz: "${given}" is no number of cases; give a whole number of at least 1, such as 100000.`);
  process.exit(2);
}
// Discord's library tells of deprecations that are none of this run's business.
process.removeAllListeners("warning");

console.log("| parser | cases | seed | result | seconds |\n|---|--:|--:|---|--:|");
const wanted = <T>({ name }: Target<T>) => name.includes(only);
for (const target of textParsers.filter(wanted)) await run(target);
for (const target of cardRenderers.filter(wanted)) await run(target);
for (const target of courseFiles.filter(wanted)) await run(target);

async function run<T>(target: Target<T>): Promise<void> {
  const seed = randomInt(2 ** 31 - 1);
  const startedAt = performance.now();
  const result = await fc.check(
    fc.asyncProperty(target.input, (input) => tryOut(target, input)),
    { numRuns: cases, seed },
  );
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const outcome = result.failed ? "failed" : "no fault";
  console.log(
    `| ${target.name} | ${result.numRuns.toLocaleString("en")} | ${seed} | ${outcome} | ${seconds} |`,
  );
  if (!result.failed) return;
  process.exitCode = 1;
  console.error(`\n${target.name} (${target.source}), seed ${seed}, path ${result.counterexamplePath}:`);
  console.error(JSON.stringify(result.counterexample?.[0]));
  console.error(result.errorInstance);
}
