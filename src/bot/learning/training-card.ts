import type {
  TrainedHead,
  TrainedNetworks,
  TrainingProgress,
} from "../../engine/learning/training-results.ts";
import type { Block, ChartBlock, TableBlock } from "../cards/card.ts";
import { inPercent } from "../charts/numbers.ts";
import { readingInWords } from "./reading-in-words.ts";
import type { TrainingData } from "./training-request.ts";

/** What is known before training: the examples and what is doubtful about them. */
export function dataBlocks({ checked, inWords }: TrainingData): Block[] {
  const { labels, counts, warnings, examples } = checked;
  const shares = labels.map((label, k) => `${counts[k]} ${label}`).join(", ");
  return [
    { type: "text", text: [{ bold: `${examples.length} examples` }, ` from ${inWords}: ${shares}.`] },
    ...(warnings.length === 0 ? [] : [{ type: "list" as const, items: warnings }]),
  ];
}

const PART: Record<TrainingProgress["part"], string> = {
  "sentence vectors": "The frozen encoder reads the texts",
  "cross-validation": "Cross-validation",
  head: "Training the head",
  "first task": "The small network learns its first task",
  "frozen network": "Training its head",
  "whole network": "Training the whole network",
};

export function progressBlocks({ part, done, total, point }: TrainingProgress): Block[] {
  const now = point
    ? `: ${inPercent(point.train.accuracy)} on training, ${inPercent(point.heldOut.accuracy)} on held-out examples`
    : "";
  return [{ type: "progress", label: `${PART[part]}${now}`, done, total }];
}

/** How the head does: the reading, both curves, baselines, confusions. */
export function headBlocks(head: TrainedHead, labels: readonly string[]): Block[] {
  const last = head.curve.at(-1)!;
  const { folds, mean, deviation } = head.crossValidation;
  const noise =
    head.noisy === 0 ? "" : ` ${head.noisy} training examples were given a wrong label, as asked.`;
  return [
    { type: "text", text: readingInWords(head.reading) },
    {
      type: "table",
      columns: [{ name: "classifier" }, { name: "accuracy", align: "right" }, { name: "n", align: "right" }],
      rows: [
        ["head, held out", inPercent(last.heldOut.accuracy), String(last.heldOut.n)],
        ["head, training", inPercent(last.train.accuracy), String(last.train.n)],
        [
          "head, cross-validation",
          `${inPercent(mean)} ± ${(100 * deviation).toFixed(1)}`,
          String(last.train.n),
        ],
        ["bag of words, held out", inPercent(head.baselines.bagOfWords.accuracy), String(last.heldOut.n)],
        ["majority, held out", inPercent(head.baselines.majority.accuracy), String(last.heldOut.n)],
      ],
    },
    {
      type: "text",
      text: `The encoder is frozen; only ${head.parameters.length.toLocaleString("en")} weights of the last layer were trained, for ${epochsInWords(head.epochs)}. Cross-validation takes the training examples in ${folds} parts, ± is the standard deviation over them. The bag of words is read by naive Bayes; n is how many examples are measured.${noise}`,
    },
    headCurves(head),
    confusionBlock(head, labels),
  ];
}

function headCurves({ curve, epochs, baselines }: TrainedHead): ChartBlock {
  const [{ train, heldOut }] = [curve.at(-1)!];
  return {
    type: "chart",
    chart: {
      kind: "learning-curves",
      title: "Accuracy while the head is trained",
      x: { name: "epoch" },
      y: { name: "accuracy", unit: "share" },
      series: [
        { name: "training", n: train.n, points: curve.map((point) => [point.epoch, point.train.accuracy]) },
        {
          name: "held out",
          n: heldOut.n,
          points: curve.map((point) => [point.epoch, point.heldOut.accuracy]),
        },
      ],
      chance: baselines.majority.accuracy,
      stoppedAt: epochs,
    },
    inWords: [
      curveTable(
        curve.map(({ epoch }) => epoch),
        [
          { name: "training", values: curve.map((point) => inPercent(point.train.accuracy)) },
          { name: "held out", values: curve.map((point) => inPercent(point.heldOut.accuracy)) },
          { name: "training loss", values: curve.map((point) => point.train.loss.toFixed(3)) },
          { name: "held-out loss", values: curve.map((point) => point.heldOut.loss.toFixed(3)) },
        ],
      ),
    ],
  };
}

const ROWS = 9;

/** At most nine rows of a curve, the first and the last among them. */
function curveTable(
  epochs: readonly number[],
  columns: readonly { readonly name: string; readonly values: readonly string[] }[],
): TableBlock {
  const last = epochs.length - 1;
  const count = Math.min(ROWS, epochs.length);
  const places = Array.from({ length: count }, (_, i) => Math.round((i * last) / Math.max(1, count - 1)));
  return {
    type: "table",
    columns: [
      { name: "epoch", align: "right" },
      ...columns.map(({ name }) => ({ name, align: "right" as const })),
    ],
    rows: places.map((place) => [String(epochs[place]), ...columns.map(({ values }) => values[place]!)]),
  };
}

function confusionBlock({ confusion }: TrainedHead, labels: readonly string[]): ChartBlock {
  return {
    type: "chart",
    chart: {
      kind: "confusion",
      title: "Held-out examples: label and prediction",
      labels,
      counts: confusion,
      unit: "held-out examples",
    },
    inWords: [
      {
        type: "table",
        columns: [
          { name: "label ↓ predicted →" },
          ...labels.map((name) => ({ name, align: "right" as const })),
        ],
        rows: labels.map((label, k) => [label, ...confusion[k]!.map(String)]),
      },
    ],
  };
}

/** The small network, frozen and whole, and what became of its first task. */
export function networkBlocks({ frozen, whole }: TrainedNetworks): Block[] {
  const column = (of: (network: TrainedNetworks["frozen"]) => string) => [of(frozen), of(whole)];
  const { before, after } = whole.firstTask;
  const share = after.loss / before.loss;
  const became =
    after.loss > before.loss * 1.05
      ? `Training the whole network overwrote part of what it had learned first: the loss on the topics of ${before.n} held-out sentences rose from ${before.loss.toFixed(3)} to ${after.loss.toFixed(3)} nats (× ${share.toFixed(2)}), accuracy went from ${inPercent(before.accuracy)} to ${inPercent(after.accuracy)}. Frozen, both stayed as they were.`
      : `What the network had learned first is still there: the loss on the topics of ${before.n} held-out sentences went from ${before.loss.toFixed(3)} to ${after.loss.toFixed(3)} nats.`;
  return [
    { type: "divider" },
    {
      type: "text",
      text: [
        { bold: "The whole model. " },
        "A small network (word vectors, one hidden layer, head) has first learned to tell the topics of sentences; then it is trained on the examples, once with all but a new head frozen, once whole.",
      ],
    },
    {
      type: "table",
      columns: [
        { name: "small network" },
        { name: "frozen", align: "right" },
        { name: "whole", align: "right" },
      ],
      rows: [
        ["training accuracy", ...column(({ reading }) => inPercent(reading.train))],
        ["held-out accuracy", ...column(({ reading }) => inPercent(reading.heldOut))],
        ["word vectors moved by", ...column(({ drift }) => inPercent(drift.wordVectors))],
        ["hidden layer moved by", ...column(({ drift }) => inPercent(drift.hiddenLayer))],
        ["first task, loss before", ...column(({ firstTask }) => firstTask.before.loss.toFixed(3))],
        ["first task, loss after", ...column(({ firstTask }) => firstTask.after.loss.toFixed(3))],
        ["first task, accuracy after", ...column(({ firstTask }) => inPercent(firstTask.after.accuracy))],
        ["epochs", ...column(({ epochs }) => String(epochs))],
      ],
    },
    ...[frozen, whole].map((network, i) => ({
      type: "text" as const,
      text: [i === 0 ? "Frozen: " : "Whole: ", ...[readingInWords(network.reading)].flat()],
    })),
    { type: "text", text: became },
    forgettingChart(whole),
  ];
}

function forgettingChart({ curve, forgetting, firstTask }: TrainedNetworks["whole"]): ChartBlock {
  const own = curve.map((point) => [point.epoch, point.heldOut.loss] as const);
  const first = forgetting.map(({ epoch, loss }) => [epoch, loss] as const);
  return {
    type: "chart",
    chart: {
      kind: "learning-curves",
      title: "Loss while the whole network is trained",
      x: { name: "epoch" },
      y: { name: "held-out loss", unit: "nats" },
      series: [
        { name: "the examples", n: curve[0]!.heldOut.n, points: own },
        { name: "first task: topics", n: firstTask.before.n, points: first },
      ],
    },
    inWords: [
      curveTable(
        first.map(([epoch]) => epoch),
        [
          { name: "held-out loss, the examples", values: own.map(([, loss]) => loss.toFixed(3)) },
          { name: "held-out loss, first task", values: first.map(([, loss]) => loss.toFixed(3)) },
        ],
      ),
    ],
  };
}

function epochsInWords(epochs: number): string {
  return epochs === 1 ? "1 epoch" : `${epochs} epochs`;
}
