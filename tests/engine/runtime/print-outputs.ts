import { createEngine } from "../../../src/engine/create-engine.ts";
import type { GenerateRequest } from "../../../src/engine/engine.ts";
import { outputsOf } from "../collect.ts";

/** Run as a process of its own: prints the outputs of the requests given as JSON, one after the other. */
const [modelsDir, requests] = process.argv.slice(2);
const engine = createEngine({ modelsDir: modelsDir!, threads: 1 });
const results: unknown[] = [];
for (const request of JSON.parse(requests!) as GenerateRequest[])
  results.push(await outputsOf(engine, request));
process.stdout.write(JSON.stringify(results));
await engine.close();
