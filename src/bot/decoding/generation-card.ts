import type { GenerationEvent, GenerationOutput, PromptMode } from "../../engine/engine.ts";
import type { GenerationSettings } from "../../engine/generation/settings.ts";
import { NEUTRAL_SETTINGS } from "../../engine/generation/settings.ts";
import type { ActionRow, Block, Card, Inline } from "../cards/card.ts";
import { optionName } from "../commands/spec.ts";

type EventOf<T extends GenerationEvent["type"]> = Extract<GenerationEvent, { type: T }>;

/** A generation as far as it has come. */
export interface GenerationState {
  readonly queuePosition: number;
  readonly start?: EventOf<"generation-start">;
  /** The running text of methods with one sequence. */
  readonly text: string;
  readonly outputs: readonly GenerationOutput[];
  readonly trace: EventOf<"trace">["steps"];
  readonly end?: EventOf<"generation-end">;
}

export const NOTHING_YET: GenerationState = { queuePosition: 0, text: "", outputs: [], trace: [] };

export function advance(state: GenerationState, event: GenerationEvent): GenerationState {
  switch (event.type) {
    case "queued":
      return { ...state, queuePosition: event.position };
    case "generation-start":
      // A second one begins anew.
      return { ...NOTHING_YET, start: event };
    case "token-delta":
      return { ...state, text: state.text + event.text };
    case "sequences":
      return { ...state, outputs: event.outputs };
    case "trace":
      return { ...state, trace: [...state.trace, ...event.steps] };
    case "generation-end":
      return { ...state, outputs: event.outputs, end: event };
  }
}

/** The reply while the model writes, and when it is done. */
export function generationCard(
  state: GenerationState,
  about: {
    prompt: string;
    mode: PromptMode;
    /** The model is an encoder–decoder: the prompt is what it read, and the text stands by itself. */
    isRead?: boolean;
    notes: readonly string[];
    permalink?: string;
    actions?: readonly ActionRow[];
  },
): Card {
  if (!state.start) {
    const waiting =
      state.queuePosition > 0
        ? `Number ${state.queuePosition} in line for the model …`
        : "The model is reading …";
    return { blocks: [{ type: "text", text: [{ italic: waiting }] }] };
  }
  const blocks: Block[] = [];
  if (about.mode === "chat") blocks.push({ type: "text", text: [{ bold: "Question: " }, about.prompt] });
  if (about.isRead) blocks.push({ type: "text", text: [{ bold: "Read: " }, about.prompt] });
  const lead: Inline[] = about.mode === "chat" || about.isRead ? [] : [{ bold: about.prompt }];
  if (state.outputs.length > 1) {
    for (const [index, output] of state.outputs.entries()) {
      blocks.push({ type: "text", text: [{ bold: `${index + 1}. ` }, rank(output)] });
      blocks.push({ type: "quote", text: [...lead, output.text] });
    }
  } else {
    const text = state.end || !state.text ? (state.outputs[0]?.text ?? state.text) : state.text;
    const cursor = state.end ? "" : " ▍";
    blocks.push({ type: "quote", text: [...lead, `${text}${cursor}`] });
  }
  const warnings = [...about.notes, ...state.start.warnings];
  if (warnings.length > 0) blocks.push({ type: "text", text: [{ italic: warnings.join(" ") }] });
  const [first] = state.outputs;
  return {
    blocks,
    ...(state.end && about.actions ? { actions: about.actions } : {}),
    footer: [
      [
        state.start.model,
        settingsInWords(state.start.settings),
        `seed ${state.start.seed}`,
        ...(state.end && state.outputs.length === 1 && first ? [rank(first)] : []),
        ...(state.end ? [`${state.end.timing.tokensPerSecond.toFixed(0)} tokens/s`] : []),
      ].join(" · "),
      ...(state.end && about.permalink ? ["\nAgain: ", { code: about.permalink }] : []),
    ],
  };
}

const REASON: Record<GenerationOutput["finishReason"], string> = {
  eos: "ended by itself",
  "max-new-tokens": "reached max-new-tokens",
  "stop-string": "met a stop string",
  "max-time": "ran out of time",
  cancelled: "cancelled",
  unfinished: "unfinished",
};

function rank(output: GenerationOutput): string {
  const score = output.score === undefined ? "" : `score ${output.score.toFixed(3)}, `;
  return `${score}log-probability ${output.logProb.toFixed(2)}, ${output.tokenIds.length} tokens, ${REASON[output.finishReason]}`;
}

/** "sample, temperature 0.7, top-p 0.9": the strategy and every setting that is not neutral. */
export function settingsInWords(settings: GenerationSettings): string {
  const shown = Object.entries(settings).filter(([name, value]) => {
    if (["strategy", "maxNewTokens", "seed", "trace", "traceTopTokens"].includes(name)) return false;
    const neutral = NEUTRAL_SETTINGS[name as keyof GenerationSettings];
    return JSON.stringify(value) !== JSON.stringify(neutral);
  });
  const words = shown.map(
    ([name, value]) => `${optionName(name)} ${Array.isArray(value) ? value.length : value}`,
  );
  return [settings.strategy, ...words].join(", ");
}
