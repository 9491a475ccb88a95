import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { LanguageModelData } from "../../../src/engine/runtime/language-model-protocol.ts";
import type { FromWorker, ToWorker } from "../../../src/engine/runtime/worker-protocol.ts";

/**
 * The language model's worker, which ends itself once for each of two files beside the model: `die-at-call` when
 * asked to generate, `die-at-token` when it has sent a token.
 */
const { directory } = (workerData as LanguageModelData).entry;
const port = parentPort!;

function dieIfAsked(name: string): void {
  const path = join(directory, name);
  if (!existsSync(path)) return;
  rmSync(path);
  process.exit(1);
}

port.on("message", (message: ToWorker) => {
  if (message.type === "call" && message.name === "generate") dieIfAsked("die-at-call");
});

const send = port.postMessage.bind(port);
port.postMessage = (messages: readonly FromWorker[]) => {
  send(messages);
  const hasToken = messages.some(
    (message) => message.type === "event" && (message.event as { type: string }).type === "token-delta",
  );
  // The message must leave first.
  if (hasToken) setImmediate(() => dieIfAsked("die-at-token"));
};

await import("../../../src/engine/runtime/language-model-worker.ts");
