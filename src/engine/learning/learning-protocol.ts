import type { HeadTask } from "./train-head.ts";
import type { NetworkTask } from "./train-networks.ts";
import type { TrainedHead, TrainedNetworks, TrainingProgress } from "./training-results.ts";

/** What the worker for training is started with. */
export interface LearningWorkerData {
  /** The folder with the encoders' tokenizer. */
  readonly directory: string;
}

/** What the worker for training can be asked. */
export type LearningCalls = {
  /** @throws {EngineError} "empty-text" for a text without a known piece */
  pieces: {
    request: readonly string[];
    /** The distinct pieces of all texts, and each text as positions among them. */
    response: { readonly ids: readonly number[]; readonly texts: readonly (readonly number[])[] };
    event: never;
  };
  head: { request: HeadTask; response: TrainedHead; event: TrainingProgress };
  networks: { request: NetworkTask; response: TrainedNetworks; event: TrainingProgress };
};
