import type { ModelDescription } from "../catalogue.ts";
import type { HubFamily } from "./choose-files.ts";
import { contextLengthOf, type TransformersConfig } from "./hub-config.ts";
import type { HubInfo } from "./hub-files.ts";

export interface RepositoryFacts {
  readonly id: string;
  readonly commit: string;
  readonly family: HubFamily;
  readonly config: TransformersConfig;
  readonly hasChatTemplate: boolean;
  /** Absent offline. */
  readonly info?: HubInfo | undefined;
  /** Of the model that the repository was exported from, where its page names it. */
  readonly baseInfo?: HubInfo | undefined;
  /** Bytes of the float32 graphs, where they are there: four for each parameter. */
  readonly float32Bytes?: number | undefined;
}

/**
 * Whether the training data of well-known models can be had, since their pages seldom say it in a form that a program
 * can read. Sources: the papers and model cards of each.
 */
const TRAINING_DATA: readonly (readonly [RegExp, boolean])[] = [
  [/olmo/i, true], // Dolma, OLMo-mix, Tülu
  [/smollm/i, true], // SmolLM-Corpus, FineWeb-Edu, SmolTalk
  [/pythia|gpt-?neo/i, true], // the Pile
  [/(^|[/-])(flan-)?t5/i, true], // C4, FLAN
  [/all-minilm|all-mpnet/i, true],
  [/distilgpt2/i, true], // OpenWebText
  [/gpt-?2/i, false], // WebText
  [/llama|qwen|gemma|mistral|phi-/i, false],
];

const INSTRUCT = /instruct|chat|(^|[-_/])(it|sft|dpo)([-_/]|$)/i;
const BASE = /(^|[-_/])base([-_/]|$)/i;

/** What the catalogue says of a repository. */
export function describeRepository(facts: RepositoryFacts): ModelDescription {
  const { id, commit, family, config, info, baseInfo } = facts;
  const kind = kindOf(facts);
  const origin =
    info?.baseModel === undefined || info.baseModel === id ? "" : `, exported from ${info.baseModel}`;
  return {
    id,
    name: nameOf(id),
    family,
    kind,
    parameters: Math.max(1, parametersOf(facts)),
    contextLength: contextLengthOf(config),
    licence: info?.licence ?? baseInfo?.licence ?? "licence not stated",
    source: `${id} on the Hugging Face Hub, commit ${commit.slice(0, 12)}${origin}`,
    trainingDataReleased: trainingDataOf(facts),
    purpose: PURPOSE[kind],
  };
}

const PURPOSE: Record<ModelDescription["kind"], string> = {
  base: "Continues text; a foundation model, not tuned to follow instructions.",
  instruct: "Continues text and answers in chat; tuned to follow instructions, so not a foundation model.",
  "sentence-encoder": "Turns a sentence into one vector.",
  masked: "Guesses the word behind a [MASK] from both sides.",
  task: "Reads one text whole and writes another, as it was trained to: translation, summary, answer.",
};

function kindOf({ id, family, config, hasChatTemplate }: RepositoryFacts): ModelDescription["kind"] {
  if (family === "encoder-decoder") return "task";
  if (family === "encoder-only") {
    return (config.architectures ?? []).some((name) => /ForMaskedLM$/.test(name))
      ? "masked"
      : "sentence-encoder";
  }
  if (INSTRUCT.test(id)) return "instruct";
  // A template alone is a weak sign, since some foundation models carry one; a name that says "base" outweighs it.
  return hasChatTemplate && !BASE.test(id) ? "instruct" : "base";
}

function parametersOf({ info, baseInfo, float32Bytes }: RepositoryFacts): number {
  return info?.parameters ?? baseInfo?.parameters ?? Math.round((float32Bytes ?? 0) / 4);
}

function trainingDataOf({ id, info, baseInfo }: RepositoryFacts): boolean | "unknown" {
  const names = [info?.baseModel ?? id, id];
  for (const [pattern, isReleased] of TRAINING_DATA) {
    if (names.some((name) => pattern.test(name))) return isReleased;
  }
  return [info, baseInfo].some((each) => (each?.datasets.length ?? 0) > 0) ? true : "unknown";
}

/** "onnx-community/gpt2-ONNX" as people say it. */
function nameOf(id: string): string {
  return (id.split("/").at(-1) ?? id).replace(/-ONNX$/i, "").replaceAll("-", " ");
}
