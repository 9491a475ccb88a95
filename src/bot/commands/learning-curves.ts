import { recordedBlocks } from "../learning/recorded-card.ts";
import { defineCommand } from "./spec.ts";

export const learningCurves = defineCommand({
  name: "learning-curves",
  description: "How the masked model of /fillmask was fine-tuned: encoder frozen, then the upper layers too",
  help: "The recorded curves of a transformer's fine-tuning, too long for a lesson: first a new head on the frozen encoder, then the upper layers as well. Live and in seconds: /finetune.",
  options: {},
  examples: ["/learning-curves"],
  ack: "deferred",
  visibility: "channel",
  async *run(_invocation, { engine }) {
    const curves = engine.learning.recordedCurves();
    yield {
      kind: "message",
      card: { title: "Learning curves", blocks: recordedBlocks(curves) },
      data: { ...curves },
    };
  },
});
