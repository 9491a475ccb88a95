/**
 * A worker as a process of its own, so that it can be killed. Arguments: Redis, models directory, claim in ms, and
 * "held" when its texts shall stop after the first token until SIGUSR2.
 */
import { createEngine } from "../../../src/engine/create-engine.ts";
import { serveEngine } from "../../../src/engine/remote/serve-engine.ts";
import { heldEngine } from "./held-engine.ts";

const [url, modelsDir, claimMs, held] = process.argv.slice(2) as [string, string, string, string?];
const engine = createEngine({ modelsDir, threads: 1 });
await engine.load();
const released = new Promise((resolve) => process.on("SIGUSR2", resolve));
const served = held === "held" ? heldEngine(engine, released) : engine;
await serveEngine(served, { url, claimMs: Number(claimMs), onError: () => {} });
process.stdout.write("ready\n");
