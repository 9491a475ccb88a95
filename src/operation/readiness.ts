import { z } from "zod";
import type { Store } from "../bot/store/store.ts";

/** Whether a class can be sent here: the store answers, the first model is loaded, and no stop was asked for. */
export interface Readiness {
  /** One line, or undefined when all is well. */
  whyNot(): Promise<string | undefined>;
  modelsLoaded(): void;
  stopping(): void;
}

export function readiness(store: Store): Readiness {
  // Never written; asking for it proves that the store answers.
  const probe = store.namespace("readiness", z.unknown());
  let reason: string | undefined = "The model is still being loaded.";
  return {
    async whyNot() {
      if (reason !== undefined) return reason;
      try {
        await probe.get("probe");
        return undefined;
      } catch {
        return "The store does not answer; the log says why.";
      }
    },
    modelsLoaded() {
      reason = undefined;
    },
    stopping() {
      reason = "Cloze is being stopped.";
    },
  };
}
