/**
 * Measures the ways of filling blanks on the held-out cloze set:
 *
 *     node evaluate-cloze.ts ../../../tests/golden/encoders/cloze-set.json [method …] [--every n]
 *
 * Prints a JSON line a method: how often the missing word came first, among the first five, and the median time.
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { openEncoders } from "../../../src/engine/encoding/encoders.ts";
import { FILL_METHODS, type FillMethodName, fillMask } from "../../../src/engine/encoding/fill-mask/fill-mask.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { every: { type: "string", default: "1" }, threads: { type: "string", default: "2" } },
});
const [path, ...methods] = positionals;
const rows: { source: string; text: string; answer: string }[] = JSON.parse(readFileSync(path!, "utf8"));
const threads = Number(values.threads);
const encoders = openEncoders({ threads });
const engine = createEngine({ threads });
const scorer = engine.textScorer();
const chosen = rows.filter((_, i) => i % Number(values.every) === 0);

for (const method of (methods.length > 0 ? methods : FILL_METHODS) as FillMethodName[]) {
  const ranks: { source: string; rank: number }[] = [];
  const times: number[] = [];
  for (const { source, text, answer } of chosen) {
    const { blanks, timing } = await fillMask(encoders, scorer, { text, method, top: 5 });
    const words = blanks[0]!.predictions.map(({ word }) => word.toLowerCase());
    ranks.push({ source, rank: words.indexOf(answer) });
    times.push(timing.ms);
  }
  const share = (test: (rank: number) => boolean, source?: string) => {
    const own = ranks.filter((r) => source === undefined || r.source === source);
    return Number((own.filter(({ rank }) => test(rank)).length / own.length).toFixed(3));
  };
  const figures = Object.fromEntries(
    ["brown", "written", undefined].map((source) => [
      source ?? "all",
      { top1: share((rank) => rank === 0, source), top5: share((rank) => rank >= 0, source) },
    ]),
  );
  const medianMs = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  console.log(JSON.stringify({ method, sentences: chosen.length, ...figures, medianMs }));
}
await encoders.close();
await engine.close();
