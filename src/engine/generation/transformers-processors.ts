import type { GenerationSettings } from "./settings.ts";

/** A stage that transformers lacks, as Python. */
export interface CustomProcessor {
  /** Lines of its class. */
  readonly definition: readonly string[];
  /** The call that makes it. */
  readonly use: string;
}

/**
 * What the settings need that transformers lacks. It runs these after its own penalties and masks and before temperature, which changes no result.
 */
export function customProcessors(settings: GenerationSettings): CustomProcessor[] {
  const { frequencyPenalty, presencePenalty, topNSigma, forcedTokens } = settings;
  const processors: CustomProcessor[] = [];
  if (frequencyPenalty !== 0 || presencePenalty !== 0) {
    processors.push({
      definition: FREQUENCY_PRESENCE_PENALTY,
      use: `FrequencyPresencePenalty(${python(frequencyPenalty)}, ${python(presencePenalty)}, inputs["input_ids"].shape[1])`,
    });
  }
  if (forcedTokens.length > 0) {
    const map = forcedTokens.map(({ step, tokenId }) => `${step}: ${tokenId}`).join(", ");
    processors.push({
      definition: FORCED_TOKENS,
      use: `ForcedTokens({${map}}, inputs["input_ids"].shape[1])`,
    });
  }
  if (topNSigma > 0) processors.push({ definition: TOP_N_SIGMA, use: `TopNSigma(${python(topNSigma)})` });
  return processors;
}

const FREQUENCY_PRESENCE_PENALTY = [
  "class FrequencyPresencePenalty(LogitsProcessor):",
  '    """OpenAI\'s penalties, which transformers lacks: they count the tokens written, not the prompt\'s."""',
  "",
  "    def __init__(self, frequency, presence, prompt_length):",
  "        self.frequency, self.presence, self.prompt_length = frequency, presence, prompt_length",
  "",
  "    def __call__(self, input_ids, scores):",
  "        written = input_ids[:, self.prompt_length:]",
  "        counts = torch.zeros_like(scores).scatter_add_(1, written, torch.ones_like(written, dtype=scores.dtype))",
  "        return scores - self.frequency * counts - self.presence * (counts > 0)",
];

const FORCED_TOKENS = [
  "class ForcedTokens(LogitsProcessor):",
  '    """Forces tokens at any place; transformers itself forces only the first and the last."""',
  "",
  "    def __init__(self, token_at_step, prompt_length):",
  "        self.token_at_step, self.prompt_length = token_at_step, prompt_length",
  "",
  "    def __call__(self, input_ids, scores):",
  "        token = self.token_at_step.get(input_ids.shape[1] - self.prompt_length)",
  "        if token is None:",
  "            return scores",
  "        forced = torch.full_like(scores, -float('inf'))",
  "        forced[:, token] = 0",
  "        return forced",
];

const TOP_N_SIGMA = [
  "class TopNSigma(LogitsProcessor):",
  '    """Top-n-sigma (arXiv:2411.07641), which transformers lacks; temperature does not change what it keeps."""',
  "",
  "    def __init__(self, n):",
  "        self.n = n",
  "",
  "    def __call__(self, input_ids, scores):",
  "        possible = scores.isfinite()",
  "        count = possible.sum(-1, keepdim=True)",
  "        mean = scores.where(possible, 0.0).sum(-1, keepdim=True) / count",
  "        variance = ((scores - mean) ** 2).where(possible, 0.0).sum(-1, keepdim=True) / count",
  "        threshold = scores.amax(-1, keepdim=True) - self.n * variance.sqrt()",
  "        return scores.masked_fill(scores < threshold, -float('inf'))",
];

/** A value as a Python literal. */
export function python(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  // JSON strings are Python strings, apart from surrogate pairs, which JSON.stringify leaves as characters.
  return JSON.stringify(value);
}
