import { createWorkerHost } from "../../../src/engine/runtime/worker-host.ts";
import type { MortalCalls } from "./mortal-worker.ts";

/** Run as a process of its own: starts a worker, says its process, and waits to be killed. */
const module = new URL("./mortal-worker.ts", import.meta.url);
const host = createWorkerHost<MortalCalls>({ module, name: "the test", data: undefined });
process.stdout.write(`${await host.call("pid", undefined)}\n`);
await host.call("waitForCancel", undefined);
