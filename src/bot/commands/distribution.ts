import type { PromptMode } from "../../engine/engine.ts";
import {
  type DistributionSide,
  nextTokenDistribution,
} from "../../engine/generation/next-token-distribution.ts";
import { resolveSettings } from "../../engine/generation/resolve-settings.ts";
import type { TraceRow } from "../../engine/generation/trace.ts";
import type { BarsBlock, Block, WordsBlock } from "../cards/card.ts";
import type { DistributionChart } from "../charts/chart.ts";
import { settingsInWords } from "../decoding/generation-card.ts";
import { decodingOptions, promptOptions } from "../decoding/generation-options.ts";
import { generationRequest } from "../decoding/generation-request.ts";
import { playgroundLink, sliderParams } from "../decoding/playground-link.ts";
import { promptEnd } from "../decoding/trace-charts.ts";
import { visible } from "../decoding/visible-text.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand, optionName } from "./spec.ts";

/** Settings that change one distribution; the others choose among several steps. */
const distributionOptions = {
  temperature: decodingOptions.temperature,
  topK: decodingOptions.topK,
  topP: decodingOptions.topP,
  minP: decodingOptions.minP,
  typicalP: decodingOptions.typicalP,
  epsilonCutoff: decodingOptions.epsilonCutoff,
  etaCutoff: decodingOptions.etaCutoff,
  topNSigma: decodingOptions.topNSigma,
  repetitionPenalty: decodingOptions.repetitionPenalty,
  noRepeatNgramSize: decodingOptions.noRepeatNgramSize,
  badWords: decodingOptions.badWords,
  suppressTokens: decodingOptions.suppressTokens,
} as const;

export const distribution = defineCommand({
  name: "distribution",
  description: "What comes next? The model's distribution, raw and after your settings",
  help: "One pass over the prompt: the likeliest next tokens with their probabilities, as the model gives them and after temperature, top-k, top-p and the others, side by side, with how many tokens each stage keeps.",
  options: {
    ...promptOptions,
    ...distributionOptions,
    top: { type: "integer", min: 3, max: 25, default: 10, description: "How many tokens to list" },
  },
  examples: [
    '/distribution prompt:"The capital of France is"',
    '/distribution prompt:"The nice" top-p:0.7 temperature:2',
  ],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options, place }, context) {
    const { engine, signal } = context;
    const { top, ...given } = options;
    const { request } = await generationRequest({ ...given, strategy: "sample" }, engine);
    const { model, promptIds, logits } = await engine.nextTokenLogits(request, signal);
    const { maxNewTokens: _length, seed: _seed, ...settings } = request.settings;
    // EOS ids only matter to the minimum length, which one distribution does not have.
    const found = nextTokenDistribution(logits, settings, { promptIds, eosTokenIds: [], topTokens: top });
    const ids = found.trace.candidates.map(({ tokenId }) => tokenId);
    const pieces = await engine.describeTokens(model, ids);
    const texts = new Map(ids.map((id, index) => [id, pieces[index]!.text]));
    const named = (side: DistributionSide) => ({
      ...side,
      tokens: side.tokens.map(({ tokenId, probability }) => ({
        tokenId,
        text: texts.get(tokenId),
        probability,
      })),
    });
    const full = Math.max(
      ...[...found.model.tokens, ...found.processed.tokens].map(({ probability }) => probability),
    );
    const changed = found.trace.stages.length > 1;
    const words = found.warnings.map(({ message }) => message);
    const inWords: WordsBlock[] = [
      { type: "text", text: [{ bold: "The model" }, sideInWords(found.model)] },
      bars(found.model, texts, full, found.trace),
    ];
    if (changed) {
      inWords.push(
        { type: "text", text: [{ bold: "After your settings" }, sideInWords(found.processed)] },
        bars(found.processed, texts, full),
        stageTable(found.trace),
      );
    }
    const used = `${model} · ${settingsInWords(resolveSettings(settings).settings)}`;
    const blocks: Block[] = [
      { type: "quote", text: [{ bold: options.prompt }, " …"] },
      { type: "chart", chart: distributionChart(options.prompt, found.trace, texts, used), inWords },
    ];
    if (words.length > 0) blocks.push({ type: "text", text: [{ italic: words.join(" ") }] });
    const command = formatCommand("distribution", {
      prompt: options.prompt,
      ...Object.fromEntries(
        Object.keys(distributionOptions).map((key) => [optionName(key), given[key as keyof typeof given]]),
      ),
      mode: options.mode === "continuation" ? undefined : options.mode,
      model,
    });
    const sliders = sliderParams(resolveSettings(settings).settings);
    yield {
      kind: "message",
      card: {
        title: "Next token",
        blocks,
        links: sliders
          ? playgroundLink(context, place, "next", {
              prompt: options.prompt,
              mode: options.mode,
              model,
              seed: request.settings.seed,
              ...sliders,
            })
          : [],
        footer: [`${used}\nAgain: `, { code: command }],
      },
      data: {
        model,
        prompt: options.prompt,
        mode: options.mode as PromptMode,
        settings,
        raw: named(found.model),
        processed: named(found.processed),
        stages: found.trace.stages,
        warnings: words,
        command,
      },
    };
  },
});

function distributionChart(
  prompt: string,
  { stages, candidates }: TraceRow,
  texts: ReadonlyMap<number, string>,
  source: string,
): DistributionChart {
  return {
    kind: "distribution",
    title: `Next token after “${promptEnd(prompt)}”`,
    source,
    stages,
    tokens: candidates.map(({ tokenId, probabilities, cutBy }) => ({
      text: texts.get(tokenId) ?? `#${tokenId}`,
      probabilities,
      ...(cutBy === undefined ? {} : { cutBy }),
    })),
  };
}

function sideInWords({ possibleCount, entropy, restMass }: DistributionSide): string {
  const rest = restMass > 0 ? `, ${(100 * restMass).toFixed(1)} % on tokens not listed` : "";
  return `: ${possibleCount.toLocaleString("en")} tokens possible, entropy ${entropy.toFixed(2)} nats${rest}`;
}

/**
 * @param full One scale for both sides.
 * @param trace With it, the tokens that the settings cut are marked with the stage that did.
 */
function bars(
  side: DistributionSide,
  texts: ReadonlyMap<number, string>,
  full: number,
  trace?: TraceRow,
): BarsBlock {
  const cut = new Map(trace?.candidates.map(({ tokenId, cutBy }) => [tokenId, cutBy]));
  return {
    type: "bars",
    unit: "probability",
    full,
    bars: side.tokens.map(({ tokenId, probability }) => {
      const stage = cut.get(tokenId);
      return {
        label: visible(texts.get(tokenId) ?? `#${tokenId}`),
        value: probability,
        ...(stage ? { note: `cut by ${stage}` } : {}),
      };
    }),
  };
}

function stageTable({ stages }: TraceRow): WordsBlock {
  return {
    type: "table",
    columns: [
      { name: "stage" },
      { name: "tokens kept", align: "right" },
      { name: "mass kept", align: "right" },
    ],
    rows: stages.map(({ name, keptCount, keptMass }) => [
      name,
      keptCount.toLocaleString("en"),
      `${(100 * keptMass).toFixed(1)} %`,
    ]),
  };
}
