import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureEncoders } from "./encoders.ts";
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
if (options.only === "" || options.only.includes("encoders")) {
  const isInstalled = options.contenders.includes("transformers");
  const { open } = isInstalled
    ? await import(new URL("./contenders/transformers-js-encoder.ts", import.meta.url).href)
    : { open: undefined };
  const others = open ? [await open("fp32"), await open("q8")] : [];
  console.log(`\n${(await measureEncoders(Number(options.rounds), others)).join("\n")}`);
}

const file = new URL("./results.json", import.meta.url);
const results = measured.map(({ workload, rounds }) => ({
  workload: workload.name,
  unit: workload.unit,
  rounds: Object.fromEntries(rounds),
}));
// A run of some workloads replaces their rows and leaves the others.
const isWhole = options.only === "" || !existsSync(file);
const before = isWhole ? { contenders: {}, results: [] } : JSON.parse(readFileSync(file, "utf8"));
const isNew = (row: { workload: string }) => results.some(({ workload }) => workload === row.workload);
const about = {
  machine: machine(),
  contenders: {
    ...before.contenders,
    ...Object.fromEntries(contenders.map(({ name, detail }) => [name, detail])),
  },
  results: [...before.results.filter((row: { workload: string }) => !isNew(row)), ...results],
};
writeFileSync(file, `${JSON.stringify(about, null, 2)}\n`);
