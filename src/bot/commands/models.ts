import type { ModelDescription } from "../../engine/models/catalogue.ts";
import type { Block } from "../cards/card.ts";
import { defineCommand } from "./spec.ts";

const FAMILY: Record<ModelDescription["family"], { title: string; use: string }> = {
  "decoder-only": {
    title: "Decoder-only",
    use: "sees what stands left of it, writes on (GPT-2, OLMo 2, Llama)",
  },
  "encoder-only": {
    title: "Encoder-only",
    use: "sees the whole text at once, gives vectors and fills blanks (BERT)",
  },
  "encoder-decoder": { title: "Encoder–decoder", use: "reads one text whole, then writes another (T5)" },
  recurrent: { title: "Recurrent", use: "reads word after word into one state; what came before attention" },
};

const TRAINING_DATA: Record<string, string> = {
  true: "training data released",
  false: "training data not released",
  unknown: "whether the training data is released is not said",
};

export const models = defineCommand({
  name: "models",
  description: "The language models at hand, by family, with size, licence and what each is for",
  options: {},
  examples: ["/models"],
  ack: "instant",
  visibility: "channel",
  async *run(_invocation, { engine }) {
    const all = engine.models();
    const blocks: Block[] = [];
    for (const [family, { title, use }] of Object.entries(FAMILY)) {
      const own = all.filter((model) => model.family === family);
      if (own.length === 0) continue;
      blocks.push({ type: "text", text: [{ bold: title }, ` ${use}`] });
      blocks.push({
        type: "list",
        items: own.map((model) => [{ code: model.id }, ` ${describe(model)}`]),
      });
    }
    yield { kind: "message", card: { title: "Models", blocks }, data: { models: all } };
  },
});

function describe(model: ModelDescription): string {
  const size =
    model.parameters >= 1e9 ? `${(model.parameters / 1e9).toFixed(1)} billion` : millions(model.parameters);
  return `${model.purpose} ${size} parameters, ${model.kind}, ${model.contextLength.toLocaleString("en")} tokens of context, ${model.licence}, ${TRAINING_DATA[String(model.trainingDataReleased)]}.`;
}

function millions(count: number): string {
  return count >= 1e7 ? `${Math.round(count / 1e6)} million` : `${(count / 1e6).toFixed(1)} million`;
}
