import type { Engine, GenerateRequest, GenerationOutput, PromptMode } from "../../engine/engine.ts";
import type { GenerationSettings, WordList } from "../../engine/generation/settings.ts";
import { distinctN, meanOf, repN } from "../../engine/generation/text-measures.ts";
import type { TraceStep } from "../../engine/generation/trace.ts";
import type { Block, Card, WordsBlock } from "../cards/card.ts";
import type { ComparisonChart } from "../charts/chart.ts";
import type { Context } from "../context.ts";
import { advance, type GenerationState, NOTHING_YET, settingsInWords } from "../decoding/generation-card.ts";
import { promptOptions, wordListOption } from "../decoding/generation-options.ts";
import { defaultModel } from "../decoding/generation-request.ts";
import { type Method, parseMethods } from "../decoding/method-list.ts";
import { playgroundLink } from "../decoding/playground-link.ts";
import { drawSeed } from "../decoding/seed.ts";
import { promptEnd } from "../decoding/trace-charts.ts";
import { transformersBlock } from "../decoding/transformers-block.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand } from "./spec.ts";

/** n of the repetition rate shown: the share of 4-grams that occurred before. */
const REPETITION_N = 4;

export const compare = defineCommand({
  name: "compare",
  description: "One prompt, one seed, several decoding methods side by side",
  help:
    "Runs the methods together on the same prompt and seed and shows where their texts part, how likely the model finds each text, how unsure it was on the way, and how much each repeats itself. " +
    "Methods: greedy, sample, beam:4, beam-sample:4, diverse-beam:4, contrastive:0.6, temperature:0.7, top-k:50, top-p:0.9, min-p:0.05, typical:0.95, epsilon:0.0003, eta:0.0003, top-n-sigma:1; join parts of one method with +, e.g. top-p:0.9+temperature:1.2.",
  options: {
    ...promptOptions,
    methods: {
      type: "string",
      default: "greedy,beam:4,top-p:0.9",
      maxLength: 300,
      description: "2 to 8 methods, separated by commas, e.g. greedy,beam:4,top-p:0.9",
    },
    maxNewTokens: {
      type: "integer",
      min: 1,
      max: 300,
      default: 40,
      description: "Longest continuation, in tokens",
    },
    seed: {
      type: "integer",
      min: 0,
      max: 4_294_967_295,
      description: "Fixes the draws; left out, one is drawn and shown",
    },
    wordList: wordListOption,
    showCode: {
      type: "boolean",
      default: false,
      description: "Show the same calls in Python with transformers",
    },
  },
  examples: [
    '/compare prompt:"The nice woman"',
    '/compare prompt:"Once upon a time" methods:greedy,contrastive:0.6,top-p:0.95 seed:7',
  ],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options, place }, context) {
    const methods = parseMethods(options.methods);
    const seed = options.seed ?? drawSeed();
    const model = options.model ?? defaultModel(context.engine);
    const prompt = { prompt: options.prompt, mode: options.mode as PromptMode, model };
    const shared = {
      seed,
      maxNewTokens: options.maxNewTokens,
      ...(options.wordList === undefined ? {} : { wordList: options.wordList as WordList }),
    };
    const runs: Run[] = methods.map((method) => ({ method, state: NOTHING_YET }));
    for await (const _ of together(runs, prompt, shared, context)) {
      yield { kind: "message", card: comparisonCard(runs, options.prompt) };
    }
    const command = formatCommand("compare", {
      prompt: options.prompt,
      mode: options.mode === "continuation" ? undefined : options.mode,
      model,
      methods: options.methods,
      "max-new-tokens": options.maxNewTokens,
      seed,
      "word-list": options.wordList,
    });
    const code = options.showCode ? runs.map((run) => codeOf(run, prompt)) : [];
    const common = await commonStart(runs, model, context.engine);
    const { blocks, ...card } = comparisonCard(runs, options.prompt, common);
    const chart = await comparisonChart(runs, options.prompt, common, context.engine);
    const drawn: Block = {
      type: "chart",
      chart: { ...chart, source: `${model} · seed ${seed}` },
      inWords: blocks,
    };
    yield {
      kind: "message",
      card: {
        ...card,
        blocks: [drawn, ...warningsOf(runs), ...code],
        // The playground writes with the course's own word list.
        links:
          options.wordList === undefined
            ? playgroundLink(context, place, "compare", {
                prompt: options.prompt,
                mode: options.mode,
                model,
                methods: options.methods,
                length: options.maxNewTokens,
                seed,
              })
            : [],
        footer: [`${model} · seed ${seed}\nAgain: `, { code: command }],
      },
      data: {
        model,
        prompt: options.prompt,
        mode: options.mode,
        seed,
        sharedTokens: sharedLength(runs.map(tokenIds)),
        methods: runs.map(describeRun),
        command,
        ...(options.showCode ? { code: code.map((block) => block.code) } : {}),
      },
    };
  },
});

interface Prompt {
  readonly prompt: string;
  readonly mode: PromptMode;
  readonly model: string;
}

interface Run {
  readonly method: Method;
  state: GenerationState;
}

/** Starts every method at once, so that they share a batch and the prompt's KV; yields at each news. */
async function* together(
  runs: Run[],
  prompt: Prompt,
  shared: Partial<GenerationSettings>,
  { engine, signal }: Context,
): AsyncIterable<void> {
  const abort = new AbortController();
  const everyone = AbortSignal.any([signal, abort.signal]);
  const sources = runs.map((run) =>
    engine.generate(generateRequest(run.method, prompt, shared), everyone)[Symbol.asyncIterator](),
  );
  const waiting = new Map(sources.map((source, index) => [index, nextOf(source, index)]));
  try {
    while (waiting.size > 0) {
      const { index, result } = await Promise.race(waiting.values());
      if (result.done) {
        waiting.delete(index);
        continue;
      }
      const run = runs[index]!;
      run.state = advance(run.state, result.value);
      waiting.set(index, nextOf(sources[index]!, index));
      yield;
    }
  } finally {
    abort.abort();
    await Promise.allSettled(waiting.values());
  }
}

async function nextOf<T>(source: AsyncIterator<T>, index: number) {
  return { index, result: await source.next() };
}

function generateRequest(
  { settings }: Method,
  prompt: Prompt,
  shared: Partial<GenerationSettings>,
): GenerateRequest {
  return { ...prompt, settings: { ...settings, ...shared, trace: true, traceTopTokens: 1 } };
}

function best({ state }: Run): GenerationOutput | undefined {
  return state.outputs[0];
}

function tokenIds(run: Run): readonly number[] {
  return best(run)?.tokenIds ?? [];
}

/** How many tokens all sequences have in common at their start. */
export function sharedLength(sequences: readonly (readonly number[])[]): number {
  const [first = [], ...others] = sequences;
  let length = 0;
  while (length < first.length && others.every((ids) => ids[length] === first[length])) length++;
  return length;
}

function describeRun(run: Run) {
  const output = best(run);
  return {
    method: run.method.label,
    settings: run.state.start?.settings,
    text: output?.text ?? "",
    tokenIds: output?.tokenIds ?? [],
    logProb: output?.logProb ?? 0,
    meanEntropy: meanEntropy(run.state.trace),
    [`rep${REPETITION_N}`]: repN(tokenIds(run), REPETITION_N),
    distinct2: distinctN(tokenIds(run), 2),
    finishReason: output?.finishReason ?? "unfinished",
    warnings: run.state.start?.warnings ?? [],
  };
}

/** Nats; over every distribution that was drawn or ranked from. */
function meanEntropy(trace: readonly TraceStep[]): number {
  return meanOf(trace.flatMap(({ rows }) => rows.map(({ entropy }) => entropy)));
}

function codeOf(run: Run, prompt: { prompt: string; mode: PromptMode }) {
  const { start } = run.state;
  return transformersBlock(start ?? { model: "", settings: run.method.settings, seed: 0 }, prompt);
}

/** What all texts begin with: how many tokens, and their text. */
interface CommonStart {
  readonly tokens: number;
  readonly text: string;
}

async function commonStart(runs: readonly Run[], model: string, engine: Engine): Promise<CommonStart> {
  const tokens = sharedLength(runs.map(tokenIds));
  const pieces = await engine.describeTokens(model, tokenIds(runs[0]!).slice(0, tokens));
  return { tokens, text: pieces.map(({ text }) => text).join("") };
}

/** @param common Known once every method has finished. */
function comparisonCard(
  runs: readonly Run[],
  prompt: string,
  common?: CommonStart,
): Card & { readonly blocks: readonly WordsBlock[] } {
  const blocks: WordsBlock[] = [];
  if (common) {
    const place = common.tokens === 1 ? "one common token" : `${common.tokens} common tokens`;
    const text =
      common.tokens === 0 ? "The methods part at the first token." : `The methods part after ${place}, at ‖.`;
    blocks.push({ type: "text", text });
  }
  for (const run of runs) {
    const { start, end, queuePosition, text } = run.state;
    const output = best(run);
    const words = start
      ? settingsInWords(start.settings)
      : queuePosition > 0
        ? `number ${queuePosition} in line`
        : "waiting";
    blocks.push({ type: "text", text: [{ bold: run.method.label }, ` ${words}`] });
    const written = output?.text ?? text;
    blocks.push({
      type: "quote",
      text: [{ bold: prompt }, ...(common && end ? markDivergence(written, common) : [`${written} ▍`])],
    });
    // In the end they stand below the picture.
    const warnings = common ? [] : (start?.warnings ?? []);
    if (warnings.length > 0) blocks.push({ type: "text", text: [{ italic: warnings.join(" ") }] });
  }
  if (common) blocks.push(measures(runs));
  return { title: "Compare", blocks };
}

function warningsOf(runs: readonly Run[]): Block[] {
  return runs.flatMap(({ method, state }): Block[] => {
    const warnings = state.start?.warnings ?? [];
    if (warnings.length === 0) return [];
    return [{ type: "text", text: [{ bold: method.label }, " ", { italic: warnings.join(" ") }] }];
  });
}

async function comparisonChart(
  runs: readonly Run[],
  prompt: string,
  common: CommonStart,
  engine: Engine,
): Promise<ComparisonChart> {
  const methods = runs.map(async (run) => {
    const { method, logProb, meanEntropy } = describeRun(run);
    const pieces = await engine.describeTokens(run.state.start?.model ?? "", tokenIds(run));
    return { name: method, tokens: pieces.map(({ text }) => text), logProb, meanEntropy };
  });
  return {
    kind: "comparison",
    title: `${runs.length} methods, one prompt`,
    prompt: promptEnd(prompt),
    sharedTokens: common.tokens,
    methods: await Promise.all(methods),
  };
}

function markDivergence(text: string, common: CommonStart): string[] {
  if (common.tokens === 0 || !text.startsWith(common.text)) return [text];
  return [common.text, "‖", text.slice(common.text.length)];
}

function measures(runs: readonly Run[]): WordsBlock {
  const number = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
  return {
    type: "table",
    columns: [
      { name: "method" },
      { name: "log-prob.", align: "right" },
      { name: "tokens", align: "right" },
      { name: "mean entropy", align: "right" },
      { name: `rep-${REPETITION_N}`, align: "right" },
      { name: "distinct-2", align: "right" },
    ],
    rows: runs.map((run) => {
      const facts = describeRun(run);
      return [
        facts.method,
        number(facts.logProb, 2),
        String(facts.tokenIds.length),
        number(facts.meanEntropy, 2),
        number(repN(tokenIds(run), REPETITION_N), 2),
        number(facts.distinct2, 2),
      ];
    }),
  };
}
