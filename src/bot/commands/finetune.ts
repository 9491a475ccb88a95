import type { TrainingProgress } from "../../engine/learning/training-results.ts";
import { createEventChannel } from "../../engine/runtime/event-channel.ts";
import type { Block } from "../cards/card.ts";
import { nameForHead, saveHead } from "../learning/head-records.ts";
import { checkedName } from "../learning/names.ts";
import { recordedBlocks } from "../learning/recorded-card.ts";
import { dataBlocks, headBlocks, networkBlocks, progressBlocks } from "../learning/training-card.ts";
import {
  taskOption,
  trainingData,
  trainingOptions,
  trainingSettings,
  typedTraining,
} from "../learning/training-request.ts";
import { setOption } from "./examples.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand } from "./spec.ts";

export const finetune = defineCommand({
  name: "finetune",
  description: "Train a classifier on labelled examples: the last layer alone, or a small network whole",
  help:
    "The pretrained sentence encoder stays frozen and a last layer is trained on its vectors, in seconds; it is kept as a head for /classify. A part of the examples is held out and only measured. " +
    "With whole:true a small network is trained beside it, once frozen and once whole, to see what it gains and what it forgets; how a transformer fared: /learning-curves. " +
    "To make it underfit, take task:order, or task:greek or task:letters with l2:0.1; to make it overfit, keep few examples, add label-noise, and switch early-stopping off with l2:0.",
  options: {
    examples: { ...setOption, main: true, description: "The set of examples; /examples add begins one" },
    task: taskOption,
    head: {
      type: "string",
      maxLength: 100,
      description: "Keep it under this name; left out, the set's, and a task is not kept",
    },
    whole: {
      type: "boolean",
      default: false,
      description: "Also train a small network, frozen and whole, and show what it forgets",
    },
    ...trainingOptions,
  },
  examples: [
    "/finetune examples:spam",
    "/finetune task:opinion whole:true early-stopping:false",
    "/finetune task:greek l2:0.1",
    "/finetune task:opinion keep:12 label-noise:0.25 l2:0 epochs:200 early-stopping:false",
  ],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options, person, place }, context) {
    const { examples, task, head: named, whole, ...training } = options;
    const { store, engine, signal, clock } = context;
    const data = await trainingData(store, place.courseId, { examples, task });
    const asked = named === undefined ? undefined : checkedName("The head's name", named);
    // Everybody may run a demonstration; only a named one is worth keeping.
    const isKept = asked !== undefined || examples !== undefined;
    const names = { asked, usual: data.name };
    const name = isKept ? await nameForHead(store, place.courseId, names, person) : undefined;
    const settings = trainingSettings(training);
    const begun = dataBlocks(data);
    const title = "Fine-tuning";
    yield { kind: "message", card: { title, blocks: begun } };
    const trained = following((onProgress) =>
      engine.learning.trainHead({ examples: data.checked, settings, onProgress }, signal),
    );
    for await (const progress of trained.progress) {
      yield { kind: "message", card: { title, blocks: [...begun, ...progressBlocks(progress)] } };
    }
    const { head, vectors } = await trained.result;
    const { labels } = data.checked;
    if (name !== undefined) {
      await saveHead(store, {
        courseId: place.courseId,
        head: {
          name,
          labels: [...labels],
          dimensions: head.dimensions,
          trainedOn: data.inWords,
          heldOut: { accuracy: head.reading.heldOut, n: head.curve[0]!.heldOut.n },
          trainedBy: person.id,
          trainedAt: clock.now(),
        },
        parameters: head.parameters,
        examples: head.trainedOn.map(({ example, label }) => ({
          text: data.checked.examples[example]!.text,
          label: labels[label]!,
          by: data.by[example],
        })),
        vectors: head.trainedOn.map(({ example }) => vectors[example]!),
      });
    }
    const blocks: Block[] = [...begun, ...headBlocks(head, labels)];
    const networks = whole
      ? following((onProgress) =>
          engine.learning.trainNetworks({ examples: data.checked, settings, onProgress }, signal),
        )
      : undefined;
    if (networks) {
      for await (const progress of networks.progress) {
        yield {
          kind: "message",
          card: { title, blocks: [...withoutCharts(blocks), ...progressBlocks(progress)] },
        };
      }
      blocks.push(
        ...networkBlocks(await networks.result),
        { type: "divider" },
        ...recordedBlocks(engine.learning.recordedCurves()),
      );
    }
    const command = formatCommand("finetune", {
      examples,
      task,
      head: named,
      whole: whole || undefined,
      ...typedTraining(training),
    });
    const { parameters, trainedOn: _, ...measured } = head;
    yield {
      kind: "message",
      card: {
        title,
        blocks,
        footer: [
          `MiniLM sentence vectors, frozen · seed ${training.seed}\n`,
          ...(name === undefined
            ? ["Not kept: add head:… to use it with /classify."]
            : [
                `Kept as head ${name}. Use it: `,
                { code: formatCommand("classify", { head: name, text: "…" }) },
              ]),
          "\nAgain: ",
          { code: command },
        ],
      },
      data: {
        head: name ?? null,
        labels,
        counts: data.checked.counts,
        warnings: data.checked.warnings,
        frozenHead: { ...measured, weights: parameters.length },
        ...(networks ? { network: await networks.result } : {}),
        command,
      },
    };
  },
});

/** Runs a training and hands out its progress; of several unread states only the newest. */
function following<T>(train: (onProgress: (progress: TrainingProgress) => void) => Promise<T>): {
  readonly progress: AsyncIterable<TrainingProgress>;
  readonly result: Promise<T>;
} {
  const channel = createEventChannel<TrainingProgress>(() => true);
  const result = train((progress) => channel.push(progress));
  result.then(
    () => channel.end(),
    () => channel.end(),
  );
  return { progress: channel.read(), result };
}

/** A chart belongs to a final reply. */
function withoutCharts(blocks: readonly Block[]): Block[] {
  return blocks.filter(({ type }) => type !== "chart");
}
