import type { Engine } from "../../../engine/engine.ts";
import { visible } from "../../decoding/visible-text.ts";
import { choiceId } from "../poll/question.ts";
import type { Candidate, VoteNextRecord, Written } from "./vote-next-record.ts";

export interface NextCandidates {
  readonly promptIds: readonly number[];
  /** The text of the tokens so far; a character that is not complete yet is left out. */
  readonly text: string;
  /** In an order that tells nothing of their probabilities; none when the text has ended. */
  readonly candidates: readonly Candidate[];
}

/**
 * The model's likeliest next tokens after the prompt and the tokens chosen so far. The tokens are forced one by
 * one, so that the model reads what was voted for and not another split of the same text.
 */
export async function nextCandidates(
  engine: Engine,
  { model, prompt, width }: Pick<VoteNextRecord, "model" | "prompt" | "width">,
  tokenIds: readonly number[],
  signal?: AbortSignal,
): Promise<NextCandidates> {
  let promptIds: readonly number[] = [];
  let text = "";
  let written = 0;
  let found: { tokenId: number; probability: number }[] = [];
  const settings = {
    strategy: "greedy",
    maxNewTokens: tokenIds.length + 1,
    forcedTokens: tokenIds.map((tokenId, step) => ({ step, tokenId })),
    trace: true,
    traceTopTokens: width,
  } as const;
  for await (const event of engine.generate({ model, prompt, mode: "continuation", settings }, signal)) {
    if (event.type === "generation-start") promptIds = event.promptIds;
    if (event.type === "token-delta" && written++ < tokenIds.length) text += event.text;
    if (event.type === "trace") {
      const last = event.steps.find(({ step }) => step === tokenIds.length)?.rows[0];
      if (last) {
        found = last.candidates
          .map(({ tokenId, probabilities }) => ({ tokenId, probability: probabilities[0]! }))
          .sort((a, b) => b.probability - a.probability)
          .slice(0, width);
      }
    }
  }
  const pieces = await engine.describeTokens(
    model,
    found.map(({ tokenId }) => tokenId),
  );
  const labelled = found.map((each, i) => ({ ...each, label: visible(pieces[i]!.text) }));
  labelled.sort((a, b) => a.label.localeCompare(b.label) || a.tokenId - b.tokenId);
  return {
    promptIds,
    text,
    candidates: labelled.map((each, i) => ({ choice: choiceId(i), ...each })),
  };
}

export const TOP_P = 0.9;

/**
 * The class's text beside what greedy decoding and top-p write in as many tokens, all measured alike: log p of the
 * tokens after the prompt, under the model's own distribution.
 */
export async function compareWithDecoders(
  engine: Engine,
  { model, prompt, promptIds, steps, text, seed, team }: VoteNextRecord,
  signal?: AbortSignal,
): Promise<Written[]> {
  const maxNewTokens = steps.length;
  const run = async (name: string, settings: object) => {
    let output = { text: "", tokenIds: [] as readonly number[] };
    const request = { model, prompt, mode: "continuation", settings: { ...settings, maxNewTokens } } as const;
    for await (const event of engine.generate(request, signal)) {
      if (event.type === "generation-end") output = event.outputs[0] ?? output;
    }
    return { name, text: output.text, tokenIds: [...output.tokenIds] };
  };
  const texts = [
    { name: team ? `Team ${team.name}` : "The class", text, tokenIds: steps.map(({ tokenId }) => tokenId) },
    await run("greedy", { strategy: "greedy" }),
    await run(`top-p ${TOP_P}, seed ${seed}`, { strategy: "sample", topP: TOP_P, seed }),
  ];
  const continuations = texts.map(({ tokenIds }) => tokenIds);
  const scored = await engine.scoreContinuations({ model, prefixIds: promptIds, continuations }, signal);
  return texts.map((each, i) => ({
    ...each,
    logProb: scored[i]!.reduce((sum, logProb) => sum + logProb, 0),
  }));
}
