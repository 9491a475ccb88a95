import type { TransduceRequest } from "../engine.ts";
import { resolveSettings } from "../generation/resolve-settings.ts";
import { type CatalogueEntry, findModel } from "../models/catalogue.ts";
import { createWorkerHost, type WorkerHost } from "../runtime/worker-host.ts";
import type { Transduction, TransductionCalls, TransductionData } from "./transduction-protocol.ts";

/** The encoder–decoder models, each in its own process from its first use on. */
export interface Transducers {
  transduce(request: TransduceRequest, signal?: AbortSignal): Promise<Transduction>;
  close(graceMs?: number): Promise<void>;
}

export function createTransducers(catalogue: () => readonly CatalogueEntry[], threads: number): Transducers {
  const hosts = new Map<string, WorkerHost<TransductionCalls>>();

  const hostOf = (entry: CatalogueEntry) => {
    const name = entry.description.id;
    // A model that was added again, in another quantisation say, is another one.
    const key = `${name} ${entry.restore}`;
    // The embedded one is so small that threads would only wait for each other.
    const data: TransductionData = { entry, threads: entry.layout === "cloze" ? 1 : threads };
    const module = new URL("./transduction-worker.ts", import.meta.url);
    const host = hosts.get(key) ?? createWorkerHost<TransductionCalls>({ module, name, data });
    hosts.set(key, host);
    return host;
  };

  return {
    transduce: async ({ model, input, settings }, signal) => {
      const entry = findModel(catalogue(), model, "encoder-decoder");
      const call = { input, settings: resolveSettings(settings).settings };
      return { model: entry.description.id, ...(await hostOf(entry).call("transduce", call, { signal })) };
    },
    close: async (graceMs) =>
      void (await Promise.all([...hosts.values()].map((host) => host.close(graceMs)))),
  };
}
