import { sentenceSimilarity } from "../../engine/encoding/sentence-embeddings.ts";
import { modelOption } from "./model-option.ts";
import { defineCommand } from "./spec.ts";

export const similarity = defineCommand({
  name: "similarity",
  description: "How alike two sentences are in meaning, by their sentence vectors",
  help: "Turns each sentence into one vector and shows the cosine of the angle between them: near 1 for the same meaning, near 0 for unrelated ones.",
  options: {
    a: { type: "string", required: true, maxLength: 2000, description: "One sentence" },
    b: { type: "string", required: true, maxLength: 2000, description: "The other sentence" },
    model: modelOption(
      "Which sentence encoder; /models lists them",
      ({ kind }) => kind === "sentence-encoder",
    ),
  },
  examples: ['/similarity a:"A man is playing a guitar." b:"Someone plays an instrument."'],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options }, { engine, signal }) {
    const result = await sentenceSimilarity(
      engine.sentenceModel(options.model),
      options.a,
      options.b,
      signal,
    );
    yield {
      kind: "message",
      card: {
        title: "Similarity",
        blocks: [
          { type: "quote", text: result.a },
          { type: "quote", text: result.b },
          {
            type: "text",
            text: ["Cosine ", { bold: result.similarity.toFixed(3) }, `: ${inWords(result.similarity)}.`],
          },
          ...(result.unknown.length > 0
            ? [
                {
                  type: "text" as const,
                  text: `The model has no piece for ${result.unknown.join(" ")} and reads each as [UNK].`,
                },
              ]
            : []),
        ],
        footer: `${result.model} · ${result.representation}`,
      },
      data: result,
    };
  },
});

/** Rough reading aids; where paraphrases end is a matter of the text, not of a number. */
function inWords(cosine: number): string {
  if (cosine >= 0.8) return "nearly the same meaning";
  if (cosine >= 0.5) return "related in meaning";
  return cosine >= 0.25 ? "loosely related" : "hardly related";
}
