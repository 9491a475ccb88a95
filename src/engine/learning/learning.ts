import { join } from "node:path";
import { HIDDEN_SIZE } from "../encoding/encoder-protocol.ts";
import type { Encoders } from "../encoding/encoders.ts";
import { embedSentences } from "../encoding/sentence-embeddings.ts";
import { dot } from "../encoding/vectors.ts";
import { createWorkerHost } from "../runtime/worker-host.ts";
import type { CheckedExamples } from "./check-examples.ts";
import type { LearningCalls, LearningWorkerData } from "./learning-protocol.ts";
import { type RecordedCurves, readRecordedCurves } from "./recorded-curves.ts";
import { resolveTraining, type TrainingSettings } from "./settings.ts";
import { classifyVector, type SoftmaxHead } from "./softmax-head.ts";
import { firstTask } from "./tasks.ts";
import type { TrainedHead, TrainedNetworks, TrainingProgress } from "./training-results.ts";

/** Fine-tuning in a worker process of its own; sentence vectors come from the encoders'. */
export interface Learning {
  /**
   * Trains the last layer alone, on the frozen sentence encoder's vectors.
   * @returns the head with its measures, and the vectors of the examples, in their order.
   * @throws {EngineError} "bad-option"; "empty-text", "text-too-long"; "worker-died", "engine-closed"
   */
  trainHead(
    request: TrainingRequest,
    signal?: AbortSignal,
  ): Promise<{ readonly head: TrainedHead; readonly vectors: readonly Float32Array[] }>;
  /** Trains a static network on its first task and then on the examples, once frozen and once whole. */
  trainNetworks(request: TrainingRequest, signal?: AbortSignal): Promise<TrainedNetworks>;
  /** How the masked model of `models/` learned, as its recipe recorded it. @throws {EngineError} "curves-unreadable" */
  recordedCurves(): RecordedCurves;
  /** Ends the process, after the calls that run or after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

export interface TrainingRequest {
  readonly examples: CheckedExamples;
  readonly settings: Partial<TrainingSettings>;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

export function openLearning({
  modelsDir,
  encoders,
}: {
  readonly modelsDir: string;
  readonly encoders: () => Encoders;
}): Learning {
  const directory = join(modelsDir, "minilm-l6-v2");
  const data: LearningWorkerData = { directory };
  const module = new URL("./learning-worker.ts", import.meta.url);
  const host = createWorkerHost<LearningCalls>({ module, name: "the training", data });
  const told = ({ onProgress }: TrainingRequest, signal: AbortSignal | undefined) => ({
    signal,
    ...(onProgress && { onEvent: onProgress }),
  });
  return {
    async trainHead(request, signal) {
      const settings = resolveTraining(request.settings);
      const { texts, labels, classes } = numbered(request.examples);
      const vectors: Float32Array[] = [];
      for (let i = 0; i < texts.length; i += AT_ONCE) {
        request.onProgress?.({ part: "sentence vectors", done: i, total: texts.length });
        vectors.push(...(await embedSentences(encoders(), texts.slice(i, i + AT_ONCE), signal)));
      }
      const task = { texts, vectors, labels, classes, settings };
      return { head: await host.call("head", task, told(request, signal)), vectors };
    },
    async trainNetworks(request, signal) {
      const settings = resolveTraining(request.settings);
      const own = numbered(request.examples);
      const first = numbered(firstTask());
      const { ids, texts } = await host.call("pieces", [...first.texts, ...own.texts], { signal });
      const rows = await encoders().call(
        "staticVectors",
        ids.map((id) => [id]),
        signal,
      );
      const task = {
        rows,
        dimensions: HIDDEN_SIZE,
        first: { ...first, texts: texts.slice(0, first.texts.length) },
        own: { ...own, texts: texts.slice(first.texts.length) },
        settings,
      };
      return host.call("networks", task, told(request, signal));
    },
    recordedCurves: () => readRecordedCurves(directory),
    close: async (graceMs) => host.close(graceMs),
  };
}

function numbered({ examples, labels }: Pick<CheckedExamples, "examples" | "labels">) {
  return {
    texts: examples.map(({ text }) => text),
    labels: examples.map(({ label }) => labels.indexOf(label)),
    classes: labels.length,
  };
}

/** Texts read between two signs of progress. */
const AT_ONCE = 32;

export interface Classified {
  /** Likeliest first; the probabilities sum to 1. */
  readonly labels: readonly { readonly label: string; readonly probability: number }[];
  /** Positions of the training examples whose vectors have the highest cosine with the text's, nearest first. */
  readonly nearest: readonly { readonly example: number; readonly cosine: number }[];
}

/**
 * Labels a text with a trained head.
 * @param vectors The sentence vectors of the examples to look for near ones among.
 * @throws {EngineError} "empty-text", "text-too-long"
 */
export async function classifyText(
  encoders: Encoders,
  head: SoftmaxHead & { readonly labels: readonly string[] },
  vectors: readonly ArrayLike<number>[],
  text: string,
  signal?: AbortSignal,
): Promise<Classified> {
  const [vector] = await embedSentences(encoders, [text], signal);
  const probabilities = classifyVector(head, vector!);
  return {
    labels: head.labels
      .map((label, k) => ({ label, probability: probabilities[k]! }))
      .sort((a, b) => b.probability - a.probability),
    nearest: vectors
      .map((other, example) => ({ example, cosine: dot(vector!, other) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, NEAREST),
  };
}

/** Examples shown as the reason. */
const NEAREST = 3;
