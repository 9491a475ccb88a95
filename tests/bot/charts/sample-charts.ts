import type { Chart, ChartKind } from "../../../src/bot/charts/chart.ts";

/** One chart of each kind, with what is hard to lay out: long labels, scripts that the own font lacks, empty bars. */
export const SAMPLES: { readonly [Kind in ChartKind]: Extract<Chart, { kind: Kind }> } = {
  distribution: {
    kind: "distribution",
    title: "Next token after “… and the nice woman who had never been there before went”",
    source: "SmolLM2-135M-Instruct · sample, temperature 0.7, top-k 5, top-p 0.9, repetition-penalty 1.3",
    stages: [
      { name: "model", keptCount: 49_152, keptMass: 1 },
      { name: "repetition-penalty", keptCount: 49_152, keptMass: 1 },
      { name: "temperature", keptCount: 49_152, keptMass: 1 },
      { name: "top-k", keptCount: 5, keptMass: 0.71 },
      { name: "top-p", keptCount: 3, keptMass: 0.92 },
    ],
    tokens: [
      " to",
      " 中文字",
      " Привет",
      " مرحبا",
      " नमस्ते",
      "\n\n",
      " electroencephalographically",
      "<b>&",
    ].map((text, i) => ({
      text,
      probabilities: [0.3, 0.31, 0.4, i < 5 ? 0.45 : 0, i < 3 ? 0.999 : 0].map((p) => p / (i + 1)),
      ...(i >= 5 ? { cutBy: "top-k" } : i >= 3 ? { cutBy: "top-p" } : {}),
    })),
  },
  "text-trace": {
    kind: "text-trace",
    title: "How sure the model was",
    prompt: "The nice woman",
    source: "SmolLM2-135M-Instruct",
    tokens: Array.from({ length: 120 }, (_, i) => ({
      text: [" was", " a", " 東京", ".\n", " internationalisation"][i % 5]!,
      probability: [0.8, 0.3, 0.04, 0.005, 0.6][i % 5]!,
      entropy: [1, 2.5, 5.1, 4, 0.5][i % 5]!,
    })),
  },
  "beam-tree": {
    kind: "beam-tree",
    title: "Beam tree",
    root: "Once upon a time there was a nice",
    nodes: Array.from({ length: 7 }, (_, step) => step).flatMap((step) => {
      const parentId = step === 0 ? null : 4 * (step - 1);
      return (["live", "outscored", "childless", "low-ranked-end"] as const).map((fate, i) => ({
        id: 4 * step + i,
        parentId,
        text: [" woman", " 中文字", " extraordinarily", "<|endoftext|>"][i]!,
        sumLogProb: -1.5 * (step + 1) - i,
        fate: step === 6 && i === 0 ? ("finished" as const) : fate,
      }));
    }),
  },
  comparison: {
    kind: "comparison",
    title: "3 methods, one prompt",
    prompt: "The nice woman",
    source: "SmolLM2-135M-Instruct · seed 7",
    sharedTokens: 2,
    methods: ["greedy", "beam:4", "top-p:0.9+temperature:1.2+repetition-penalty:1.3"].map((name, i) => ({
      name,
      tokens: [" was", " a", [" little", " very", " Москва"][i]!, " bit", " of", " a", " mess", ","],
      logProb: -20.25 - 9 * i,
      meanEntropy: 2.1 + i,
    })),
  },
  similarity: {
    kind: "similarity",
    title: "The same words, in context and alone",
    labels: ["bat", "bat", "cardinal", "mouse", "bank", "bank", "Fledermaus", "electroencephalography"],
    matrices: ["Contextual (depends on the sentence)", "Static (one vector a word)"].map((name) => ({
      name,
      cosines: Array.from({ length: 8 }, (_, i) =>
        Array.from({ length: 8 }, (_, j) => (i === j ? 1 : ((i * j) % 7) / 7 - 0.12)),
      ),
    })),
  },
  map: {
    kind: "map",
    title: "What the class wrote",
    points: Array.from({ length: 30 }, (_, i) => ({
      label:
        i === 3 ? "Beam search keeps the best k sequences at each step, whatever they are" : `answer ${i}`,
      x: Math.cos(i * 1.7) * (i % 5),
      y: Math.sin(i * 2.3) * (i % 4),
      group: `group ${i % 4}`,
    })),
    explained: [0.34, 0.18],
    dimensions: 384,
  },
  poll: {
    kind: "poll",
    title: "Which text will greedy decoding write, if the tree is the one of the lecture?",
    choices: [
      { label: "The dog has", count: 14, before: 22 },
      {
        label: "The nice woman, because each step takes the likeliest next token whatever comes after it",
        count: 25,
        before: 12,
        right: true,
      },
      { label: "人工知能は言葉を理解しますか", count: 0, before: 5 },
    ],
    n: 39,
    nBefore: 39,
  },
  transitions: {
    kind: "transitions",
    title: "What became of the answers",
    choices: [
      { label: "The dog has" },
      { label: "The nice woman", right: true },
      { label: "The car drives" },
    ],
    counts: [
      [10, 9, 1],
      [1, 11, 0],
      [1, 4, 0],
    ],
    n: 37,
  },
  confusion: {
    kind: "confusion",
    title: "Held-out examples",
    labels: ["sports", "politics", "science and technology of the nineteenth century"],
    counts: [
      [18, 2, 0],
      [1, 15, 4],
      [0, 3, 17],
    ],
    unit: "held-out examples",
  },
  "learning-curves": {
    kind: "learning-curves",
    title: "Learning curve",
    x: { name: "epoch" },
    y: { name: "accuracy", unit: "share" },
    series: [
      { name: "training", points: Array.from({ length: 20 }, (_, i) => [i + 1, 1 - 0.6 / (i + 1)]), n: 80 },
      {
        name: "held out",
        points: Array.from({ length: 20 }, (_, i) => [i + 1, 0.85 - 0.5 / (i + 1)]),
        n: 20,
      },
    ],
    chance: 1 / 3,
    stoppedAt: 14,
  },
  forgetting: {
    kind: "forgetting",
    title: "Recall over distance",
    series: ["recurrent (LSTM)", "transformer"].map((name, i) => ({
      name,
      points: [8, 16, 32, 64, 128, 256].map((distance, step) => ({
        distance,
        score: 0.9 - 0.15 * step * (1 - i),
        n: 60,
      })),
    })),
    score: { name: "recalled rightly", unit: "share" },
    chance: 0.1,
  },
  "reading-time": {
    kind: "reading-time",
    title: "What a token costs to read",
    series: ["lstm-reader", "smollm2-135m-instruct"].map((name, i) => ({
      name,
      points: [32, 64, 128, 256, 512].map((tokens) => ({
        tokens,
        msPerToken: [0.1, 2][i]! * (1 + 8 / tokens),
      })),
      oneByOne: [0.6, 17][i]!,
    })),
  },
  alignment: {
    kind: "alignment",
    title: "“phoenix” as sounds",
    input: [..."phoenix", "</s>"],
    output: ["F", "IY1", "N", "IH0", "K", "S", "</s>"],
    weights: Array.from({ length: 7 }, (_, row) =>
      Array.from({ length: 8 }, (_, column) => (column === row + 1 ? 0.8 : 0.2 / 7)),
    ),
    attention: "last layer, mean of 4 heads",
  },
  "item-statistics": {
    kind: "item-statistics",
    title: "Results by item",
    items: Array.from({ length: 12 }, (_, i) => ({
      label: ["greedy-by-hand", "nucleus-of-.7", "what-is-a-subword-tokenizer-for"][i % 3]!,
      n: 38 - i,
      difficulty: i / 11,
      ...(i % 4 === 3 ? {} : { discrimination: i / 12 - 0.3 }),
      flagged: i % 3 === 0,
    })),
  },
};
