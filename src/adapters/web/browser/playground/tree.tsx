import { useEffect } from "preact/hooks";
import { visible } from "../../../../bot/decoding/visible-text.ts";
import { decodeToyTree, TOY_PROMPT, TOY_WORDS } from "../../../../engine/generation/toy-tree.ts";
import type { TraceStep } from "../../../../engine/generation/trace.ts";
import { learnPieces, pieceOf, runDemonstration } from "./ask-engine.ts";
import { NumberField } from "./compare.tsx";
import { numberParam, param, setParams } from "./params.ts";
import { PassedNote, passed } from "./passed-options.tsx";
import { PromptField } from "./prompt-field.tsx";
import { RunNote } from "./run-state.tsx";
import { TreeDrawing } from "./tree-drawing.tsx";
import { useRun } from "./use-run.ts";

interface Searched {
  readonly root: string;
  readonly trace: readonly TraceStep[];
  readonly nameOf: (tokenId: number) => string;
}

const EXAMPLE = "The nice woman";
const OPTIONS = {
  model: "model",
  mode: "mode",
  "length-penalty": "length-penalty",
  "no-repeat-ngram-size": "no-repeat-ngram-size",
} as const;

/** A beam search that grows under the hand: forward and back through its steps. */
export function Tree() {
  const run = useRun<Searched>();
  const isToy = param("toy", "true") === "true";
  const prompt = param("prompt", EXAMPLE);
  const beams = Math.min(6, Math.max(2, Math.round(numberParam("beams", 2))));
  const depth = Math.min(12, Math.max(1, Math.round(numberParam("depth", 4))));
  const start = () => run.start(() => (isToy ? toy(beams) : search(prompt, beams, depth)));
  useEffect(() => {
    void start();
  }, [isToy, isToy ? beams : 0]);
  const found = run.data.value;
  const steps = found?.trace.filter(({ beams: tree }) => tree).length ?? 0;
  const shown = Math.min(steps, Math.max(0, numberParam("step", steps)));
  const go = (step: number) => setParams({ step: step === steps ? "" : String(step) });
  return (
    <>
      <form
        class="tool-form"
        onSubmit={(event) => {
          event.preventDefault();
          setParams({ step: "" });
          void start();
        }}
      >
        <label class="check">
          <input
            type="checkbox"
            checked={isToy}
            onChange={({ currentTarget }) =>
              setParams({ toy: currentTarget.checked ? "" : "false", step: "" })
            }
          />
          The lecture's word tree instead of a model
        </label>
        {!isToy && <PromptField id="tree-prompt" prompt={prompt} />}
        <NumberField name="beams" label="Beams" value={beams} min={2} max={6} />
        {!isToy && <NumberField name="depth" label="Depth" value={depth} min={1} max={12} />}
        {!isToy && (
          <button type="submit" class="button primary" disabled={run.busy.value}>
            Search
          </button>
        )}
      </form>
      {!isToy && <PassedNote options={OPTIONS} />}
      <RunNote run={run} doing="The search runs …" />
      {found && (
        <>
          <div class="stepper">
            <button
              type="button"
              class="button secondary"
              disabled={shown === 0}
              onClick={() => go(shown - 1)}
            >
              Back
            </button>
            <label for="tree-step">
              Step {shown} of {steps}
            </label>
            <input
              id="tree-step"
              type="range"
              min={0}
              max={steps}
              step={1}
              value={shown}
              onInput={({ currentTarget }) => go(Number(currentTarget.value))}
            />
            <button
              type="button"
              class="button primary"
              disabled={shown === steps}
              onClick={() => go(shown + 1)}
            >
              Grow
            </button>
          </div>
          <TreeDrawing
            root={found.root}
            steps={found.trace.slice(0, shown)}
            nameOf={found.nameOf}
            depth={steps}
          />
        </>
      )}
    </>
  );
}

async function toy(numBeams: number): Promise<Searched> {
  const { trace } = decodeToyTree({ strategy: "beam", numBeams, numReturnSequences: numBeams });
  return { root: TOY_PROMPT, trace, nameOf: (id) => TOY_WORDS[id] ?? `#${id}` };
}

async function search(prompt: string, beams: number, depth: number): Promise<Searched> {
  const fields = { prompt, "num-beams": String(beams), "max-new-tokens": String(depth) };
  const options = { ...passed(OPTIONS), ...fields };
  const { model, trace } = await runDemonstration<{ model: string; trace: readonly TraceStep[] }>(
    "tree",
    options,
  );
  await learnPieces(
    model,
    trace.flatMap((step) => step.beams?.nodes.map(({ tokenId }) => tokenId) ?? []),
  );
  return { root: prompt, trace, nameOf: (id) => visible(pieceOf(model, id) ?? `#${id}`) };
}
