import { createUniformDraw } from "../generation/random.ts";
import { planTraining, STREAMS } from "./plan-training.ts";
import { readCurves } from "./reading.ts";
import type { TrainingSettings } from "./settings.ts";
import { newHead, type SoftmaxHead, trainableHead } from "./softmax-head.ts";
import { stratifiedSplit } from "./split.ts";
import {
  copyBody,
  driftOf,
  hiddenState,
  newBody,
  type StaticBody,
  trainableNetwork,
} from "./static-network.ts";
import { type AfterEpoch, followCurve } from "./train-head.ts";
import { type Measure, measure, type Trainable, trainEpoch } from "./trainable.ts";
import type { CurvePoint, TrainedNetwork, TrainedNetworks, TrainingProgress } from "./training-results.ts";

/** Texts as rows of word vectors, each with its label's number. */
export interface PieceTask {
  readonly texts: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly classes: number;
}

export interface NetworkTask {
  /** [pieces, dimensions]: the word vectors to start from. */
  readonly rows: Float32Array;
  readonly dimensions: number;
  /** What the network learns before the examples. */
  readonly first: PieceTask;
  readonly own: PieceTask;
  readonly settings: TrainingSettings;
}

/** The first task's own training; it is always the same, so that the seed of the examples does not change it. */
const FIRST = { hidden: 64, epochs: 40, learningRate: 0.001, l2: 0.001, heldOut: 0.25, seed: 1 };

/** The whole network moves in smaller steps than a head alone. */
const WHOLE_RATE = 0.1;

/**
 * Trains a static network on the first task, then twice on the examples: once only a new head, once everything. Both
 * start from the same network and see the same examples; what the first task's loss becomes is measured after each epoch.
 */
export async function trainNetworks(task: NetworkTask, afterEpoch: AfterEpoch): Promise<TrainedNetworks> {
  const { own, settings } = task;
  const learned = await learnFirstTask(task, afterEpoch);
  const plan = planTraining(own.labels, own.classes, settings);
  const pieces = [...new Set(plan.train.flatMap((i) => own.texts[i]!))];

  async function variant(part: "frozen network" | "whole network"): Promise<TrainedNetwork> {
    const isWhole = part === "whole network";
    const untrained = (body: StaticBody): Trainable => {
      const head = newHead(own.classes, FIRST.hidden);
      const { l2, learningRate } = settings;
      if (isWhole) {
        const rates = { l2, learningRate: learningRate * WHOLE_RATE };
        return trainableNetwork(body, head, own.texts, plan.labels, rates);
      }
      const states = own.texts.map((text) => hiddenState(body, text));
      return trainableHead(head, states, plan.labels, settings);
    };
    const follow = async (
      body: StaticBody,
      on: typeof plan,
      labels: readonly number[],
      epochs: number,
      tell: (point: CurvePoint) => TrainingProgress,
    ) => {
      const forgetting: { epoch: number; loss: number }[] = [];
      const curve = await followCurve(
        untrained(body),
        on,
        labels,
        { epochs, seed: settings.seed },
        (point) => {
          forgetting.push({ epoch: point.epoch, loss: learned.measure(body).loss });
          return afterEpoch(tell(point));
        },
      );
      return { curve, forgetting };
    };
    // One fold decides when to stop; all of them would take minutes.
    const fold = plan.folds[0]!;
    const whenToStop = async () => {
      const trial = { ...plan, ...fold };
      const { curve } = await follow(
        copyBody(learned.body),
        trial,
        plan.labels,
        settings.epochs,
        ({ epoch }) => ({
          part: "cross-validation",
          done: epoch,
          total: settings.epochs,
        }),
      );
      return lowestLoss(curve);
    };
    const epochs = settings.earlyStopping ? await whenToStop() : settings.epochs;
    const body = isWhole ? copyBody(learned.body) : learned.body;
    const { curve, forgetting } = await follow(body, plan, own.labels, epochs, (point) => ({
      part,
      done: point.epoch,
      total: epochs,
      point,
    }));
    const last = curve.at(-1)!;
    return {
      curve,
      epochs,
      reading: readCurves(last.train, last.heldOut, plan.guess),
      drift: driftOf(learned.body, body, pieces),
      firstTask: { before: learned.measure(learned.body), after: learned.measure(body) },
      forgetting,
    };
  }
  return { frozen: await variant("frozen network"), whole: await variant("whole network") };
}

interface Learned {
  readonly body: StaticBody;
  /** The first task's head on this body, on the sentences it has not been trained on. */
  readonly measure: (body: StaticBody) => Measure;
}

async function learnFirstTask(
  { rows, dimensions, first }: NetworkTask,
  afterEpoch: AfterEpoch,
): Promise<Learned> {
  const { texts, labels, classes } = first;
  const draw = createUniformDraw(FIRST.seed, STREAMS.firstTask);
  const { train, heldOut } = stratifiedSplit(labels, FIRST.heldOut, draw);
  const body = newBody(rows, dimensions, FIRST.hidden, draw);
  const head: SoftmaxHead = newHead(classes, FIRST.hidden);
  const model = trainableNetwork(body, head, texts, labels, FIRST);
  for (let epoch = 0; epoch < FIRST.epochs; epoch++) {
    await afterEpoch({ part: "first task", done: epoch, total: FIRST.epochs });
    trainEpoch(model, train, draw);
  }
  return {
    body,
    measure: (changed) => {
      const states = texts.map((text) => hiddenState(changed, text));
      return measure(trainableHead(head, states, labels, FIRST), heldOut, labels);
    },
  };
}

/** The epoch, from 1, after which the held-out loss is lowest. */
function lowestLoss(curve: readonly CurvePoint[]): number {
  const trained = curve.slice(1);
  const best = trained.reduce(
    (low, point) => (point.heldOut.loss < low.heldOut.loss ? point : low),
    trained[0]!,
  );
  return best.epoch;
}
