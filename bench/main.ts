import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openRemote } from "./remote-contender.ts";
import { type Measured, machine, median, table } from "./report.ts";
import { WORKLOADS } from "./workloads.ts";

/**
 * Measures every contender on every workload, taking turns within one run so that a slow minute hits all of them,
 * and prints the medians. Options: --rounds 3, --contenders cloze,llama-q4-0 (default: cloze alone), --only TEXT (workloads whose name holds it).
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    contenders: { type: "string", default: "cloze" },
    only: { type: "string", default: "" },
  },
});

const contenders = [];
for (const name of options.contenders.split(",")) contenders.push(await openRemote(name));
const measured: (Measured & { readonly rounds: ReadonlyMap<string, readonly number[]> })[] = [];
for (const workload of WORKLOADS.filter(({ name }) => name.includes(options.only))) {
  const rounds = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const contender of contenders) rounds.get(contender.name)!.push(await contender.measure(workload));
  }
  const values = new Map([...rounds].map(([name, numbers]) => [name, median(numbers)]));
  measured.push({ workload, values, rounds });
  console.error(
    `${workload.name}: ${[...values].map(([name, value]) => `${name} ${value.toFixed(2)} ${workload.unit}`).join(", ")}`,
  );
}
await Promise.all(contenders.map((contender) => contender.close()));

console.log(`\n${machine()}; median of ${options.rounds} rounds\n`);
console.log(
  table(
    contenders.map(({ name }) => name),
    measured,
  ),
);
const results = measured.map(({ workload, rounds }) => ({
  workload: workload.name,
  unit: workload.unit,
  rounds: Object.fromEntries(rounds),
}));
const about = {
  machine: machine(),
  contenders: Object.fromEntries(contenders.map(({ name, detail }) => [name, detail])),
};
writeFileSync(
  new URL("./results.json", import.meta.url),
  `${JSON.stringify({ ...about, results }, null, 2)}\n`,
);
