import type { PromptMode } from "../../engine/engine.ts";
import type { GenerationSettings } from "../../engine/generation/settings.ts";
import { decodeToyTree, TOY_PROMPT, TOY_WORDS } from "../../engine/generation/toy-tree.ts";
import type { TraceStep } from "../../engine/generation/trace.ts";
import type { Block, CardLink } from "../cards/card.ts";
import { continuationLink } from "../decoding/continuation-link.ts";
import { advance, type GenerationState, generationCard, NOTHING_YET } from "../decoding/generation-card.ts";
import { decodingOptions, promptOptions } from "../decoding/generation-options.ts";
import { generationRequest } from "../decoding/generation-request.ts";
import { playgroundLink } from "../decoding/playground-link.ts";
import { shown, stepTable, tokenTexts, treeBlocks } from "../decoding/trace-card.ts";
import { textTraceChart } from "../decoding/trace-charts.ts";
import { UserError } from "../errors.ts";
import type { Replies } from "../invocation.ts";
import { formatCommand } from "./format-command.ts";
import { defineCommand } from "./spec.ts";

const options = {
  prompt: {
    ...promptOptions.prompt,
    required: false,
    description: "The text to search from; not needed with toy",
  },
  toy: {
    type: "boolean",
    default: false,
    description: "The lecture's toy tree (The nice woman, The dog has) instead of a model",
  },
  numBeams: { type: "integer", min: 1, max: 6, default: 2, description: "Beams; 1 is greedy decoding" },
  maxNewTokens: { type: "integer", min: 1, max: 12, default: 4, description: "Depth of the tree, in tokens" },
  lengthPenalty: decodingOptions.lengthPenalty,
  noRepeatNgramSize: decodingOptions.noRepeatNgramSize,
  model: promptOptions.model,
  mode: promptOptions.mode,
} as const;

export const tree = defineCommand({
  name: "tree",
  description: "Beam search as a tree: every branch with its score, and why the others died",
  help: "Shows what beam search keeps and prunes at each step. With toy:true it runs over the lecture's word tree, where greedy decoding takes The nice woman (.20) and two beams find The dog has (.36).",
  options,
  examples: ["/tree toy:true", "/tree toy:true num-beams:1", '/tree prompt:"The nice woman" num-beams:3'],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options: given, place }, context): Replies {
    const { engine, signal } = context;
    const { toy, prompt, numBeams, maxNewTokens, lengthPenalty } = given;
    const search: Partial<GenerationSettings> = {
      ...(numBeams === 1
        ? { strategy: "greedy" }
        : { strategy: "beam", numBeams, numReturnSequences: numBeams }),
      ...(lengthPenalty === undefined ? {} : { lengthPenalty }),
    };
    if (toy) {
      if (prompt !== undefined) {
        throw new UserError(
          "option-unusable",
          `The toy tree always starts with "${TOY_PROMPT}". Leave prompt out, or toy.`,
        );
      }
      // The playground's word tree has no length penalty and starts at two beams.
      const isPlain = numBeams > 1 && lengthPenalty === undefined;
      yield toyReply(
        search,
        isPlain ? playgroundLink(context, place, "tree", { toy: true, beams: numBeams }) : [],
      );
      return;
    }
    if (prompt === undefined) {
      throw new UserError(
        "option-missing",
        "prompt is missing: give a text to search from, or toy:true for the lecture's tree.",
      );
    }
    const { numBeams: _beams, toy: _toy, ...rest } = given;
    const { request } = await generationRequest({ ...rest, prompt, strategy: search.strategy }, engine);
    const settings = { ...request.settings, ...search, trace: true };
    let state: GenerationState = NOTHING_YET;
    for await (const event of engine.generate({ ...request, settings }, signal))
      state = advance(state, event);
    if (!state.start || !state.end) return;
    const pieces = await tokenTexts(state.trace, state.start.model, engine);
    const card = generationCard(state, { prompt, mode: given.mode as PromptMode, notes: [] });
    const command = formatCommand("tree", {
      prompt,
      "num-beams": numBeams,
      "max-new-tokens": maxNewTokens,
      "length-penalty": lengthPenalty,
    });
    yield {
      kind: "message",
      card: {
        ...card,
        title: "Beam tree",
        blocks: [...searchBlocks(state.trace, prompt, pieces), ...card.blocks],
        links:
          numBeams === 1
            ? continuationLink(context, place, {
                ...state.start,
                prompt,
                mode: given.mode as PromptMode,
                outputs: state.end.outputs,
              })
            : playgroundLink(context, place, "tree", {
                toy: false,
                prompt,
                mode: given.mode,
                model: state.start.model,
                beams: numBeams,
                depth: maxNewTokens,
                "length-penalty": lengthPenalty,
                "no-repeat-ngram-size": given.noRepeatNgramSize,
              }),
      },
      data: {
        model: state.start.model,
        prompt,
        settings: state.start.settings,
        outputs: state.end.outputs,
        trace: state.trace,
        command,
      },
    };
  },
});

function toyReply(settings: Partial<GenerationSettings>, links: readonly CardLink[]) {
  const { sequences, trace, warnings } = decodeToyTree(settings);
  const texts = new Map(TOY_WORDS.map((word, id) => [id, word]));
  const results: Block = {
    type: "list",
    ordered: true,
    items: sequences.map(({ text, probability }) => [{ bold: text }, ` ${probability.toFixed(2)}`]),
  };
  const title =
    settings.strategy === "greedy" ? "The toy tree, greedy" : `The toy tree, ${settings.numBeams} beams`;
  return {
    kind: "message",
    card: { title, blocks: [...searchBlocks(trace, TOY_PROMPT, texts), results], links },
    data: { prompt: TOY_PROMPT, sequences, trace, warnings: warnings.map(({ message }) => message) },
  } as const;
}

/** The tree; without beams there is one branch, as a table of its steps. */
function searchBlocks(
  trace: readonly TraceStep[],
  prompt: string,
  pieces: ReadonlyMap<number, string>,
): Block[] {
  if (trace.some(({ beams }) => beams)) return treeBlocks(trace, prompt, pieces);
  const table = stepTable(trace, shown(pieces));
  const chart = textTraceChart("Greedy: one branch", prompt, trace, pieces);
  return [chart ? { type: "chart", chart, inWords: [table] } : table];
}
