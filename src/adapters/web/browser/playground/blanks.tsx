import { useEffect } from "preact/hooks";
import type { BlankResult, FillMaskResult } from "../../../../engine/encoding/fill-mask/fill-mask.ts";
import { closed } from "../text.tsx";
import { runDemonstration } from "./ask-engine.ts";
import { percent } from "./distribution.tsx";
import { param, setParams } from "./params.ts";
import { PassedNote, passed } from "./passed-options.tsx";
import { RunNote } from "./run-state.tsx";
import { splitWords } from "./split-words.ts";
import { useRun } from "./use-run.ts";

const EXAMPLE = "Paris is the capital of France.";
const BLANK = "___";
/** As the engine reads them. */
const IS_BLANK = /^(\[MASK\]|<mask>|_{3,})$/i;
const OPTIONS = { "masked-model": "model", targets: "targets" } as const;

/** Places of the words that are left out, counted among the words. */
function blankPlaces(): number[] {
  return param("blank", "3")
    .split(",")
    .filter((place) => /^\d+$/.test(place))
    .map(Number);
}

/** A sentence whose words become blanks when they are clicked, and what the models put there. */
export function Blanks() {
  const run = useRun<FillMaskResult>();
  const text = param("text", EXAMPLE);
  const method = param("method");
  const blanks = blankPlaces();
  let words = 0;
  const pieces = splitWords(text).map((piece) => ({ ...piece, place: piece.isWord ? words++ : -1 }));
  const isBlank = (piece: (typeof pieces)[number]) =>
    blanks.includes(piece.place) || IS_BLANK.test(piece.text);
  const masked = pieces.map((piece) => (blanks.includes(piece.place) ? BLANK : piece.text)).join("");
  const hasBlank = pieces.some(isBlank);
  const also = passed(OPTIONS);
  useEffect(() => {
    if (!hasBlank) return;
    const options = { text: masked, top: "8", ...also, ...(method === "" ? {} : { method }) };
    const timer = setTimeout(() => void run.start(() => runDemonstration("fillmask", options)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [masked, method, ...Object.values(also)]);
  const toggle = (place: number) => {
    const next = blanks.includes(place) ? blanks.filter((each) => each !== place) : [...blanks, place];
    setParams({ blank: next.sort((a, b) => a - b).join(",") || "none" });
  };
  const fill = (blank: number, word: string) => {
    const place = pieces.filter(isBlank)[blank]?.place;
    setParams({ text: pieces.map((piece) => (piece.place === place ? word : piece.text)).join("") });
  };
  const found = run.data.value;
  return (
    <>
      <div class="field">
        <label for="blank-text">Sentence</label>
        <input
          id="blank-text"
          type="text"
          dir="auto"
          maxLength={3000}
          value={text}
          onInput={({ currentTarget }) => setParams({ text: currentTarget.value })}
        />
      </div>
      <fieldset class="cloze-text">
        <legend>Click a word to leave it out</legend>
        {pieces.map(({ text: piece, start, place }) =>
          place < 0 || IS_BLANK.test(piece) ? (
            <span key={start}>{piece}</span>
          ) : (
            <button
              key={start}
              type="button"
              aria-pressed={blanks.includes(place)}
              onClick={() => toggle(place)}
            >
              <bdi>{piece}</bdi>
            </button>
          ),
        )}
      </fieldset>
      <div class="field">
        <label for="blank-method">Who fills</label>
        <select
          id="blank-method"
          value={method}
          onChange={({ currentTarget }) => setParams({ method: currentTarget.value })}
        >
          <option value="">the method that does best on held-out sentences</option>
          <option value="encoder">encoder: sees both sides</option>
          <option value="decoder">decoder: sees the left side only</option>
          <option value="rescored">rescored: candidates of both, in the whole sentence</option>
        </select>
      </div>
      <PassedNote options={OPTIONS} />
      {!hasBlank && <p class="run-note">Click a word of the sentence.</p>}
      <RunNote run={run} doing="The model reads …" />
      {hasBlank && found && (
        <div class="blank-results">
          {found.blanks.map((blank) => (
            <Guesses key={blank.index} blank={blank} onFill={(word) => fill(blank.index, word)} />
          ))}
        </div>
      )}
    </>
  );
}

/** Clicking pauses before the model reads. */
const PAUSE_MS = 250;

function Guesses({
  blank: { index, predictions },
  onFill,
}: {
  readonly blank: BlankResult;
  readonly onFill: (word: string) => void;
}) {
  const full = Math.max(...predictions.map(({ probability }) => probability), Number.MIN_VALUE);
  return (
    <section aria-label={`Blank ${index + 1}`}>
      <h3>Blank {index + 1}</h3>
      <ul class="tokens">
        {predictions.map(({ word, probability }) => (
          <li key={word}>
            <button type="button" title="Put it into the sentence" onClick={() => onFill(word)}>
              <bdi class="token">{closed(word)}</bdi>
              <span class="token-bars" aria-hidden="true">
                <span class="after" style={{ width: `${(100 * probability) / full}%` }} />
              </span>
              <span class="token-numbers">{percent(probability)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
