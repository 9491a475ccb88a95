import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LanguageModelData } from "../../../src/engine/runtime/language-model-protocol.ts";
import { workerData } from "../../../src/engine/runtime/serve-calls.ts";
import type { FromWorker, ToWorker } from "../../../src/engine/runtime/worker-protocol.ts";

/**
 * The language model's worker, which ends itself once for each of two files beside the model: `die-at-call` when
 * asked to generate, `die-at-token` when it has sent a token.
 */
const { directory } = workerData<LanguageModelData>().entry;

function dieIfAsked(name: string): void {
  const path = join(directory, name);
  if (!existsSync(path)) return;
  rmSync(path);
  process.exit(1);
}

process.on("message", (message: ToWorker) => {
  if (message.type === "call" && message.name === "generate") dieIfAsked("die-at-call");
});

const send = process.send!.bind(process);
process.send = (messages: readonly FromWorker[]) => {
  const hasToken = messages.some(
    (message) => message.type === "event" && (message.event as { type: string }).type === "token-delta",
  );
  // The message must leave first.
  return send(messages, () => {
    if (hasToken) dieIfAsked("die-at-token");
  });
};

await import("../../../src/engine/runtime/language-model-worker.ts");
