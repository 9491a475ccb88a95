import { useEffect } from "preact/hooks";
import { closed } from "../text.tsx";
import { learnPieces, pieceOf, runDemonstration } from "./ask-engine.ts";
import { numberParam, param, setParams } from "./params.ts";
import { PassedNote, passed } from "./passed-options.tsx";
import { PromptField } from "./prompt-field.tsx";
import { RunNote } from "./run-state.tsx";
import { useRun } from "./use-run.ts";

interface Compared {
  readonly model: string;
  readonly prompt: string;
  readonly mode: string;
  readonly seed: number;
  /** How many tokens all texts have in common at their start. */
  readonly sharedTokens: number;
  readonly methods: readonly {
    readonly method: string;
    readonly text: string;
    readonly tokenIds: readonly number[];
    readonly logProb: number;
    readonly meanEntropy: number;
  }[];
}

const EXAMPLE = "The nice woman";
const METHODS = "greedy,beam:4,top-p:0.9";
const OPTIONS = { model: "model", mode: "mode" } as const;

/** Several methods side by side on one prompt and seed, the place where they part marked. */
export function Compare() {
  const run = useRun<Compared>();
  const prompt = param("prompt", EXAMPLE);
  const methods = param("methods", METHODS);
  const seed = numberParam("seed", 7);
  const length = numberParam("length", 24);
  const start = () =>
    run.start(async () => {
      const fields = { prompt, methods, seed: String(seed), "max-new-tokens": String(length) };
      const options = { ...passed(OPTIONS), ...fields };
      const found = await runDemonstration<Compared>("compare", options);
      await learnPieces(
        found.model,
        found.methods.flatMap(({ tokenIds }) => tokenIds),
      );
      return found;
    });
  useEffect(() => {
    // A link shows what it links to.
    if (prompt.trim() !== "") void start();
  }, []);
  const found = run.data.value;
  return (
    <>
      <form
        class="tool-form"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <PromptField id="compare-prompt" prompt={prompt} />
        <div class="field wide">
          <label for="compare-methods">Methods</label>
          <input
            id="compare-methods"
            type="text"
            required
            maxLength={300}
            aria-describedby="compare-about"
            value={methods}
            onInput={({ currentTarget }) => setParams({ methods: currentTarget.value })}
          />
          <small id="compare-about">
            2 to 8, with commas: greedy, sample, beam:4, contrastive:0.6, temperature:0.7, top-k:50,
            top-p:0.9, min-p:0.05, typical:0.95; join settings with +, as in top-p:0.9+temperature:1.2
          </small>
        </div>
        <NumberField name="seed" label="Seed" value={seed} min={0} max={4_294_967_295} />
        <NumberField name="length" label="Tokens" value={length} min={1} max={300} />
        <button type="submit" class="button primary" disabled={run.busy.value}>
          Compare
        </button>
      </form>
      <PassedNote options={OPTIONS} />
      <RunNote run={run} doing="The methods write …" />
      {found && (
        <ul class="compared">
          {found.methods.map(({ method, tokenIds, logProb, meanEntropy }) => (
            <li key={method}>
              <h3>{method}</h3>
              <p class="compared-text" dir="auto">
                <b>{closed(found.prompt)}</b>
                {found.mode === "chat" && <br />}
                <Pieces model={found.model} ids={tokenIds.slice(0, found.sharedTokens)} />
                <mark>
                  <Pieces
                    model={found.model}
                    ids={tokenIds.slice(found.sharedTokens, found.sharedTokens + 1)}
                  />
                </mark>
                <Pieces model={found.model} ids={tokenIds.slice(found.sharedTokens + 1)} />
              </p>
              <p class="compared-figures">
                log p {logProb.toFixed(2)} · {tokenIds.length} tokens · mean entropy {meanEntropy.toFixed(2)}{" "}
                nats
              </p>
            </li>
          ))}
        </ul>
      )}
      {found && (
        <p class="run-note">{sharedInWords(found.sharedTokens)} The marked token is where the texts part.</p>
      )}
    </>
  );
}

function sharedInWords(tokens: number): string {
  if (tokens === 0) return "No token is the same at the start.";
  return tokens === 1 ? "The first token is the same." : `The first ${tokens} tokens are the same.`;
}

function Pieces({ model, ids }: { readonly model: string; readonly ids: readonly number[] }) {
  return <>{closed(ids.map((id) => pieceOf(model, id) ?? "").join(""))}</>;
}

interface NumberFieldProps {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export function NumberField({ name, label, value, min, max }: NumberFieldProps) {
  const id = `number-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        required
        min={min}
        max={max}
        step={1}
        value={value}
        onInput={({ currentTarget }) => setParams({ [name]: currentTarget.value })}
      />
    </div>
  );
}
