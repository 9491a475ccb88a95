import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { NextToken } from "../../../../bot/decoding/next-token.ts";
import { visible } from "../../../../bot/decoding/visible-text.ts";
import { chooseNextToken } from "../../../../engine/generation/choose-next-token.ts";
import { nextTokenDistribution } from "../../../../engine/generation/next-token-distribution.ts";
import type { GenerationSettings } from "../../../../engine/generation/settings.ts";
import { askNext, learnPieces, pieceOf } from "./ask-engine.ts";
import { Distribution } from "./distribution.tsx";
import { numberParam, param, setParams } from "./params.ts";
import { PassedNote, passed } from "./passed-options.tsx";
import { RunNote } from "./run-state.tsx";
import { Sliders, sliderSettings } from "./sliders.tsx";
import { useRun } from "./use-run.ts";

const EXAMPLE = "The nice woman";
/** Typing pauses before the model reads. */
const PAUSE_MS = 350;
const LISTED = 15;
const OPTIONS = { model: "model" } as const;

function chosenIds(): number[] {
  return param("chosen")
    .split(",")
    .filter((id) => /^\d+$/.test(id))
    .map(Number);
}

function choose(ids: readonly number[]): void {
  setParams({ chosen: ids.join(",") });
}

/**
 * The next token's distribution while settings move, and decoding by hand. One forward pass on the server gives the
 * logits; what settings make of them is computed here, by the engine's own processors.
 */
export function NextTokenTool() {
  const run = useRun<NextToken>();
  const prompt = param("prompt", EXAMPLE);
  const mode = param("mode", "continuation");
  const model = param("model");
  const chosen = param("chosen");
  const seed = numberParam("seed", 7);
  const learned = useSignal(0);

  useEffect(() => {
    if (prompt.trim() === "") return;
    const request = { prompt, mode, ...passed(OPTIONS), chosenIds: chosenIds() };
    // A token was clicked: nobody is typing.
    const timer = setTimeout(
      () => void run.start(() => askNext(request)),
      run.data.peek() && chosen === "" ? PAUSE_MS : 0,
    );
    return () => clearTimeout(timer);
  }, [prompt, mode, model, chosen]);

  const found = run.data.value;
  return (
    <div class="next-token">
      <div class="next-left">
        <div class="field">
          <label for="next-prompt">Prompt</label>
          <textarea
            id="next-prompt"
            rows={2}
            dir="auto"
            maxLength={6000}
            value={prompt}
            onInput={({ currentTarget }) => setParams({ prompt: currentTarget.value, chosen: "" })}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={mode === "chat"}
            onChange={({ currentTarget }) =>
              setParams({ mode: currentTarget.checked ? "chat" : "", chosen: "" })
            }
          />
          As a question, in the model's chat template
        </label>
        <PassedNote options={OPTIONS} />
        <Sliders />
      </div>
      <div class="next-right">
        <RunNote run={run} doing="The model reads …" />
        {found && <Written prompt={prompt} found={found} version={learned.value} />}
        {found && (
          <Choice
            found={found}
            settings={sliderSettings()}
            seed={seed}
            busy={run.busy.value}
            onLearned={() => {
              learned.value += 1;
            }}
          />
        )}
      </div>
    </div>
  );
}

/** The text so far; a press on a chosen token goes back to before it. */
function Written({
  prompt,
  found,
}: {
  readonly prompt: string;
  readonly found: NextToken;
  readonly version: number;
}) {
  const ids = chosenIds();
  return (
    <p class="written" dir="auto">
      {prompt}
      {param("mode") === "chat" && <br />}
      {ids.map((id, place) => (
        <button
          // A place is what a token is known by.
          key={place}
          type="button"
          title="Go back to before this token"
          onClick={() => choose(ids.slice(0, place))}
        >
          {pieceOf(found.model, id) ?? `#${id}`}
        </button>
      ))}
      <span class="caret" aria-hidden="true">
        ▍
      </span>
    </p>
  );
}

interface ChoiceProps {
  readonly found: NextToken;
  readonly settings: Partial<GenerationSettings>;
  readonly seed: number;
  readonly busy: boolean;
  readonly onLearned: () => void;
}

function Choice({ found, settings, seed, busy, onLearned }: ChoiceProps) {
  const { logits, promptIds, model } = found;
  const written = chosenIds();
  const ids = [...promptIds, ...written];
  // Names of tokens may arrive later; the numbers stay.
  const distribution = useMemo(
    () =>
      attempt(() =>
        nextTokenDistribution(
          logits,
          { ...settings, strategy: "sample" },
          { promptIds: ids, eosTokenIds: [], topTokens: LISTED },
        ),
      ),
    [logits, JSON.stringify(settings), ids.join(",")],
  );
  const shown =
    "value" in distribution ? distribution.value.trace.candidates.map(({ tokenId }) => tokenId) : [];
  useEffect(() => {
    void learnPieces(model, shown).then(
      (isNew) => isNew && onLearned(),
      () => undefined,
    );
  }, [model, shown.join(",")]);
  const take = (strategy: "greedy" | "sample") => {
    const next = chooseNextToken(
      logits,
      { ...settings, strategy, seed },
      {
        promptIds,
        writtenIds: written,
        eosTokenIds: [],
      },
    );
    choose([...written, next]);
  };
  if ("problem" in distribution) {
    return (
      <p class="problem" role="alert">
        {distribution.problem}
      </p>
    );
  }
  return (
    <>
      <div class="buttons choose">
        <button type="button" class="button primary" disabled={busy} onClick={() => take("greedy")}>
          Take the likeliest
        </button>
        <button type="button" class="button secondary" disabled={busy} onClick={() => take("sample")}>
          Draw one
        </button>
        <label class="seed">
          seed
          <input
            type="number"
            min={0}
            max={4_294_967_295}
            step={1}
            value={seed}
            onInput={({ currentTarget }) => {
              const value = Number(currentTarget.value);
              if (Number.isSafeInteger(value) && value >= 0) setParams({ seed: String(value) });
            }}
          />
        </label>
        <button
          type="button"
          class="button secondary"
          disabled={written.length === 0}
          onClick={() => choose(written.slice(0, -1))}
        >
          Back
        </button>
      </div>
      <Distribution
        distribution={distribution.value}
        nameOf={(id) => visible(pieceOf(model, id) ?? `#${id}`)}
        onChoose={(id) => choose([...written, id])}
      />
    </>
  );
}

/** Settings may leave no token, or contradict each other: that is told, not thrown. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
