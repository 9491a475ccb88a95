import { useEffect } from "preact/hooks";
import type { WordComparison } from "../../../../engine/encoding/word-vectors.ts";
import { closed } from "../text.tsx";
import { runDemonstration } from "./ask-engine.ts";
import { param, setParams } from "./params.ts";
import { RunNote } from "./run-state.tsx";
import { splitWords } from "./split-words.ts";
import { useRun } from "./use-run.ts";

const EXAMPLE = "My new **bat** broke. | The **bat** ate a moth. | The **cardinal** ate a moth.";

function sentencesOf(text: string): string[] {
  return text.split("|").map((sentence) => sentence.trim());
}

/** Words in their sentences: cosines of contextual vectors beside those of static ones. Click the word you mean. */
export function Words() {
  const run = useRun<WordComparison>();
  const text = param("sentences", EXAMPLE);
  const sentences = sentencesOf(text);
  const start = () => run.start(() => runDemonstration<WordComparison>("words", { sentences: text }));
  const set = (at: number, sentence: string) =>
    setParams({ sentences: sentences.map((each, i) => (i === at ? sentence : each)).join(" | ") });
  useEffect(() => {
    void start();
  }, []);
  const found = run.data.value;
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <ol class="sentences">
          {sentences.map((sentence, at) => (
            // Sentences are edited in place and have no other identity.
            <li key={at}>
              <div class="field">
                <label for={`sentence-${at}`}>Sentence {letter(at)}</label>
                <input
                  id={`sentence-${at}`}
                  type="text"
                  dir="auto"
                  value={sentence.replaceAll("**", "")}
                  onInput={({ currentTarget }) => set(at, currentTarget.value.replaceAll("|", ""))}
                />
              </div>
              <fieldset class="word-buttons">
                <legend>The word to look at</legend>
                {splitWords(sentence.replaceAll("**", "")).map(({ text: piece, isWord, start: from }) =>
                  isWord ? (
                    <button
                      key={from}
                      type="button"
                      class="button secondary"
                      aria-pressed={sentence.slice(from, from + 2) === "**"}
                      onClick={() => {
                        const plain = sentence.replaceAll("**", "");
                        set(at, `${plain.slice(0, from)}**${piece}**${plain.slice(from + piece.length)}`);
                      }}
                    >
                      <bdi>{piece}</bdi>
                    </button>
                  ) : null,
                )}
              </fieldset>
              {sentences.length > 2 && (
                <button
                  type="button"
                  class="plain"
                  onClick={() => setParams({ sentences: sentences.filter((_, i) => i !== at).join(" | ") })}
                >
                  Remove sentence {letter(at)}
                </button>
              )}
            </li>
          ))}
        </ol>
        <div class="buttons">
          <button type="submit" class="button primary" disabled={run.busy.value}>
            Compare the words
          </button>
          {sentences.length < 8 && (
            <button
              type="button"
              class="button secondary"
              onClick={() => setParams({ sentences: `${text} | ` })}
            >
              Add a sentence
            </button>
          )}
        </div>
      </form>
      <RunNote run={run} doing="The model reads …" />
      {found && (
        <div class="matrices">
          <Matrix
            title="Contextual: depends on the sentence"
            words={found.words}
            cosines={found.contextual}
          />
          <Matrix title="Static: one vector a word" words={found.words} cosines={found.static} />
        </div>
      )}
    </>
  );
}

function Matrix({
  title,
  words,
  cosines,
}: {
  readonly title: string;
  readonly words: readonly string[];
  readonly cosines: readonly (readonly number[])[];
}) {
  return (
    <figure
      class="table"
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      <table class="matrix">
        <caption>{title}</caption>
        <thead>
          <tr>
            <td />
            {words.map((word, i) => (
              <th key={i} scope="col">
                {letter(i)} <bdi>{closed(word)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cosines.map((row, i) => (
            <tr key={i}>
              <th scope="row">
                {letter(i)} <bdi>{closed(words[i] ?? "")}</bdi>
              </th>
              {row.map((cosine, j) => (
                <td key={j} data-level={Math.max(0, Math.min(9, Math.floor(cosine * 10)))}>
                  {cosine.toFixed(2)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}
