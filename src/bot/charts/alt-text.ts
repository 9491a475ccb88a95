import { visible } from "../decoding/visible-text.ts";
import type {
  AlignmentChart,
  BeamTreeChart,
  Chart,
  ComparisonChart,
  ConfusionChart,
  DistributionChart,
  ForgettingChart,
  ItemStatisticsChart,
  LearningCurvesChart,
  MapChart,
  PollChart,
  ReadingTimeChart,
  SimilarityChart,
  TextTraceChart,
  TransitionsChart,
} from "./chart.ts";
import { inPercent, inUnit, people } from "./numbers.ts";

/** Discord's and Slack's limits are 1,024 and 2,000 characters. */
const LONGEST = 1_000;
/** Things of one sort that are named; the others are counted. */
const NAMED = 6;

/** What a chart shows, in words made from its data, for those who can't see it; at most 1,000 characters. */
export function altText(chart: Chart): string {
  const text = `${chart.title}. ${describe(chart)}${chart.source === undefined ? "" : ` ${chart.source}.`}`;
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).trimEnd()}…`;
}

function describe(chart: Chart): string {
  switch (chart.kind) {
    case "distribution":
      return distribution(chart);
    case "text-trace":
      return textTrace(chart);
    case "beam-tree":
      return beamTree(chart);
    case "comparison":
      return comparison(chart);
    case "similarity":
      return similarity(chart);
    case "map":
      return map(chart);
    case "poll":
      return poll(chart);
    case "transitions":
      return transitions(chart);
    case "confusion":
      return confusion(chart);
    case "learning-curves":
      return learningCurves(chart);
    case "forgetting":
      return forgetting(chart);
    case "reading-time":
      return readingTime(chart);
    case "alignment":
      return alignment(chart);
    case "item-statistics":
      return itemStatistics(chart);
  }
}

function distribution({ stages, tokens }: DistributionChart): string {
  const shown = list(
    tokens.map(({ text, probabilities, cutBy }) => {
      const [model = 0] = probabilities;
      const after = probabilities.at(-1) ?? 0;
      if (cutBy) return `${quoted(text)} ${inPercent(model)}, cut by ${cutBy}`;
      return `${quoted(text)} ${inPercent(model)}${stages.length > 1 ? ` to ${inPercent(after)}` : ""}`;
    }),
  );
  const cuts = stages
    .slice(1)
    .map(
      ({ name, keptCount, keptMass }) =>
        `${name} keeps ${keptCount.toLocaleString("en")} tokens with ${inPercent(keptMass)} of the mass`,
    );
  return [`Likeliest tokens by the model: ${shown}.`, ...cuts.map((cut) => `${cut}.`)].join(" ");
}

function textTrace({ prompt, tokens }: TextTraceChart): string {
  const unsure = tokens.toSorted((a, b) => a.probability - b.probability);
  const mean = tokens.reduce((sum, { entropy }) => sum + entropy, 0) / Math.max(1, tokens.length);
  const text = tokens.map((token) => token.text).join("");
  return `${tokens.length} tokens after ${quoted(prompt)}: ${quoted(text)}. Mean entropy ${mean.toFixed(2)} nats. Least likely: ${list(unsure.map((token) => `${quoted(token.text)} ${inPercent(token.probability)}`))}.`;
}

function beamTree({ root, nodes }: BeamTreeChart): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  // Words of a toy language bring no spaces of their own.
  const between = nodes.some(({ text }) => text.startsWith(" ")) ? "" : " ";
  const textOf = (node: BeamTreeChart["nodes"][number]): string => {
    const parent = node.parentId === null ? undefined : byId.get(node.parentId);
    return parent ? `${textOf(parent)}${between}${node.text}` : node.text;
  };
  const ended = nodes
    .filter(({ fate }) => fate === "finished")
    .toSorted((a, b) => b.sumLogProb - a.sumLogProb)
    .map((node) => `${quoted(textOf(node))} log-probability ${node.sumLogProb.toFixed(2)}`);
  const pruned = nodes.filter(({ fate }) => fate !== "finished" && fate !== "live").length;
  return `A tree of ${nodes.length} tokens from ${quoted(root)}; ${pruned} pruned. Kept to the end: ${list(ended)}.`;
}

function comparison({ prompt, sharedTokens, methods }: ComparisonChart): string {
  const texts = methods.map(
    ({ name, tokens, logProb }) =>
      `${name}: ${quoted(tokens.join(""))}, log-probability ${logProb.toFixed(2)}`,
  );
  return `After ${quoted(prompt)} the methods share ${sharedTokens} tokens, then part. ${list(texts, ". ")}.`;
}

function similarity({ labels, matrices }: SimilarityChart): string {
  const parts = matrices.map(({ name, cosines }) => {
    const pairs = labels.flatMap((label, i) =>
      labels
        .slice(i + 1)
        .map((other, j) => ({ pair: `${label} and ${other}`, cosine: cosines[i]![i + 1 + j]! })),
    );
    pairs.sort((a, b) => b.cosine - a.cosine);
    return `Cosines, ${name}: ${list(pairs.map(({ pair, cosine }) => `${pair} ${cosine.toFixed(2)}`))}.`;
  });
  return parts.join(" ");
}

function map({ points, explained, dimensions }: MapChart): string {
  const groups = [...Map.groupBy(points, ({ group }) => group ?? "")].map(
    ([name, own]) => `${name === "" ? "" : `${name}: `}${list(own.map(({ label }) => quoted(label)))}`,
  );
  return `${points.length} vectors of ${dimensions} numbers in the plane of their first two principal components, which hold ${inPercent(explained[0])} and ${inPercent(explained[1])} of the variance. ${groups.join("; ")}.`;
}

function poll({ choices, n, nBefore }: PollChart): string {
  const parts = choices.map(({ label, count, right, before }) => {
    const was = before === undefined ? "" : `, before ${before}`;
    return `${label}${right ? " (right)" : ""} ${count}${was}`;
  });
  const earlier = nBefore === undefined ? "" : ` (before: ${nBefore})`;
  return `${people(n)} answered${earlier}: ${list(parts, "; ", choices.length)}.`;
}

function transitions({ choices, counts, n }: TransitionsChart): string {
  const flows = choices.flatMap((from, i) =>
    choices.map((to, j) => ({ from, to, count: counts[i]![j]!, stayed: i === j })),
  );
  flows.sort((a, b) => b.count - a.count);
  const name = ({ label, right }: TransitionsChart["choices"][number]) =>
    `${label}${right ? " (right)" : ""}`;
  const parts = flows
    .filter(({ count }) => count > 0)
    .map(({ from, to, count, stayed }) =>
      stayed ? `${count} stayed at ${name(from)}` : `${count} went from ${name(from)} to ${name(to)}`,
    );
  return `${people(n)} answered both times: ${list(parts, "; ", 9)}.`;
}

function confusion({ labels, counts, unit }: ConfusionChart): string {
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = labels.reduce((sum, _, i) => sum + counts[i]![i]!, 0);
  const wrong = labels.flatMap((from, i) =>
    labels.map((to, j) => ({ from, to, count: i === j ? 0 : counts[i]![j]! })),
  );
  wrong.sort((a, b) => b.count - a.count);
  const mixed = wrong
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => `${from} taken for ${to} ${count} times`);
  return `${right} of ${total} ${unit} right. ${mixed.length > 0 ? `${list(mixed)}.` : "No mistakes."}`;
}

function learningCurves({ x, y, series, chance, stoppedAt }: LearningCurvesChart): string {
  const parts = series.flatMap(({ name, points, n }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return [];
    return [
      `${name} from ${inUnit(first[1], y.unit)} at ${x.name} ${first[0]} to ${inUnit(last[1], y.unit)} at ${x.name} ${last[0]} (n = ${n})`,
    ];
  });
  const guessing = chance === undefined ? "" : ` Guessing: ${inUnit(chance, y.unit)}.`;
  const stopped = stoppedAt === undefined ? "" : ` Training stopped at ${x.name} ${stoppedAt}.`;
  return `${y.name}: ${list(parts, "; ")}.${guessing}${stopped}`;
}

function forgetting({ series, score, chance }: ForgettingChart): string {
  const parts = series.map(({ name, points }) => {
    const values = points.map((point) => `${inUnit(point.score, score.unit)} at ${point.distance}`);
    return `${name}: ${list(values)}`;
  });
  const guessing = chance === undefined ? "" : ` Guessing: ${inUnit(chance, score.unit)}.`;
  return `${score.name} by distance in tokens. ${parts.join("; ")}.${guessing}`;
}

function readingTime({ series }: ReadingTimeChart): string {
  const parts = series.map(({ name, points, oneByOne }) => {
    const times = points.map(({ tokens, msPerToken }) => `${inUnit(msPerToken, "ms")} at ${tokens}`);
    return `${name}: ${list(times)}; one token a pass: ${inUnit(oneByOne, "ms")}`;
  });
  return `Time a token by the tokens of the prompt. ${parts.join(". ")}.`;
}

function alignment({ input, output, weights, attention }: AlignmentChart): string {
  const pairs = output.map((token, row) => {
    const own = weights[row]!;
    const best = own.indexOf(Math.max(...own));
    return `${visible(token)} at ${visible(input[best] ?? "")} ${inPercent(own[best] ?? 0)}`;
  });
  return `Cross-attention, ${attention}. Each output token looks most at: ${list(pairs, "; ", 20)}.`;
}

function itemStatistics({ items }: ItemStatisticsChart): string {
  const hardestFirst = items.toSorted((a, b) => a.difficulty - b.difficulty);
  const parts = hardestFirst.map(({ label, n, difficulty, discrimination, flagged }) => {
    const d = discrimination === undefined ? "" : `, discrimination ${discrimination.toFixed(2)}`;
    return `${label}: ${inPercent(difficulty)} right${d}, n = ${n}${flagged ? ", flagged" : ""}`;
  });
  return `${items.length} items, hardest first: ${list(parts, "; ")}.`;
}

function list(parts: readonly string[], separator = ", ", most = NAMED): string {
  const more = parts.length - most;
  const named = parts.slice(0, most).join(separator);
  return more > 0 ? `${named}${separator}and ${more} more` : named || "none";
}

const quoted = (text: string): string => `“${text.trim().replaceAll("\n", "⏎")}”`;
