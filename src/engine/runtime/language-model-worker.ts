import { EngineError } from "../errors.ts";
import { refuseSetting } from "../generation/errors.ts";
import type { TextTokenizer } from "../models/text-tokenizer.ts";
import { createGenerationTask } from "./generation-task.ts";
import type { LanguageModelCalls, LanguageModelData } from "./language-model-protocol.ts";
import { createLogitsTask } from "./logits-task.ts";
import { openDecoder } from "./open-decoder.ts";
import { checkContext, createPromptEncoder } from "./prompt-encoder.ts";
import { createReadingTask } from "./reading-task.ts";
import { createScheduler } from "./scheduler.ts";
import { createScoringTask } from "./scoring-task.ts";
import { type CallHandlers, serveCalls, workerData } from "./serve-calls.ts";

const { entry, threads, limits } = workerData<LanguageModelData>();
const model = entry.description.id;

let loading: ReturnType<typeof load> | undefined;

/** The loaded model. A load that failed is tried anew by the next call: the file may be mended by then. */
function ready(): ReturnType<typeof load> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  const { graph, tokenizer, chatTemplate } = await openDecoder(entry, { threads });
  const { config } = graph;
  const encode = createPromptEncoder(config, tokenizer, chatTemplate);
  return { config, tokenizer, graph, encode, scheduler: createScheduler(graph, limits) };
}

const now = () => performance.now();

const handlers: CallHandlers<LanguageModelCalls> = {
  load: async () => void (await ready()),

  generate: async ({ prompt, settings, warnings, requester, urgency }, { signal, emit }) => {
    const { config, tokenizer, encode, graph, scheduler } = await ready();
    if (settings.strategy === "contrastive" && !graph.gives.has("hidden")) {
      refuseSetting(
        "strategy",
        settings.strategy,
        "another one for this model: its graph gives no hidden states, which contrastive search compares",
        "Choose greedy, sample or beam, or convert the model's checkpoint with: npx cloze models convert",
      );
    }
    const encoded = encode(prompt);
    checkContext(encoded.ids.length, settings.maxNewTokens, config.contextLength);
    return new Promise((resolve, reject) =>
      scheduler.submit(
        createGenerationTask({
          model,
          promptIds: encoded.ids,
          turn: { requester, urgency },
          settings,
          warnings: [...warnings, ...encoded.warnings],
          config,
          tokenizer,
          signal,
          now,
          emit,
          resolve,
          reject,
        }),
      ),
    );
  },

  nextTokenLogits: async ({ chosenIds = [], ...prompt }, { signal }) => {
    const { config, encode, scheduler } = await ready();
    const { ids: promptIds } = encode(prompt);
    checkIds([chosenIds], config.vocabSize);
    checkContext(promptIds.length, chosenIds.length, config.contextLength);
    return new Promise((resolve, reject) => {
      const finish = ({ logits }: { logits: Float32Array }) => resolve({ promptIds, logits });
      const read = [...promptIds, ...chosenIds];
      scheduler.submit(createLogitsTask({ promptIds: read, signal, resolve: finish, reject }));
    });
  },

  scoreContinuations: async ({ prefixIds, continuations }, { signal }) => {
    const { config, graph, scheduler } = await ready();
    checkIds([prefixIds, ...continuations], config.vocabSize);
    if (prefixIds.length === 0) {
      throw new EngineError(
        "empty-prompt",
        "There is no prefix to continue. Start from the beginning-of-text token.",
      );
    }
    const longest = Math.max(0, ...continuations.map(({ length }) => length));
    checkContext(prefixIds.length, longest, config.contextLength);
    return new Promise((resolve, reject) =>
      scheduler.submit(createScoringTask({ prefixIds, continuations, graph, signal, resolve, reject })),
    );
  },

  timeReading: async ({ tokenIds, together }, { signal }) => {
    const { config, graph, scheduler } = await ready();
    checkIds([tokenIds], config.vocabSize);
    checkContext(tokenIds.length, 0, config.contextLength);
    return new Promise((resolve, reject) =>
      scheduler.submit(createReadingTask({ tokenIds, together, graph, signal, now, resolve, reject })),
    );
  },

  tokenize: async (text) => {
    const { tokenizer } = await ready();
    return pieces(tokenizer, tokenizer.encode(text, false));
  },

  describeTokens: async (ids) => {
    const { config, tokenizer } = await ready();
    checkIds([ids], config.vocabSize);
    return pieces(tokenizer, ids);
  },
};

function pieces(tokenizer: TextTokenizer, ids: readonly number[]) {
  return ids.map((id) => ({ id, text: tokenizer.piece(id) }));
}

function checkIds(lists: readonly (readonly number[])[], vocabSize: number): void {
  for (const ids of lists) {
    const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (outside === undefined) continue;
    throw new EngineError(
      "unknown-token",
      `${outside} is no token of ${model}; its token ids go from 0 to ${vocabSize - 1}. Tokenize with this model's own tokenizer.`,
      { tokenId: outside, vocabSize },
    );
  }
}

serveCalls<LanguageModelCalls>(handlers);
