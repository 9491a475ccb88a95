import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { WireBank, WireItem } from "../wire.ts";
import { call } from "./api.ts";
import { runCommand } from "./command-answer.tsx";
import { announcement } from "./state.ts";
import { closed } from "./text.tsx";

const KIND: Readonly<Record<string, string>> = {
  single: "one choice",
  multiple: "several choices",
  numeric: "number",
  short: "short answer",
  prediction: "prediction",
  discussion: "discussion",
};

/** The course's questions: looked through by words and objective, and asked with a button. */
export function ControlBank({ channel }: { readonly channel: string }) {
  const bank = useSignal<WireBank | undefined>(undefined);
  const problem = useSignal("");
  const words = useSignal("");
  const objective = useSignal("");
  useEffect(() => {
    call<WireBank>("GET", `/api/bank?channel=${encodeURIComponent(channel)}`).then(
      (found) => {
        bank.value = found;
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  }, [channel]);
  const found = bank.value;
  if (!found) return <p role="status">{problem.value || "One moment …"}</p>;
  const wanted = words.value.trim().toLowerCase();
  const items = found.items.filter(
    (item) =>
      (objective.value === "" || item.objectives.includes(objective.value)) &&
      (wanted === "" || `${item.id} ${item.question}`.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <div class="bank-filter">
        <div class="field">
          <label for="bank-words">Words</label>
          <input
            id="bank-words"
            type="search"
            dir="auto"
            value={words.value}
            onInput={({ currentTarget }) => {
              words.value = currentTarget.value;
            }}
          />
        </div>
        <div class="field">
          <label for="bank-objective">Objective</label>
          <select
            id="bank-objective"
            value={objective.value}
            onChange={({ currentTarget }) => {
              objective.value = currentTarget.value;
            }}
          >
            <option value="">all</option>
            {found.objectives.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <p class="bank-count" role="status">
        {items.length} of {found.items.length} questions
        {found.problems > 0 && `. The course has ${found.problems} problems; /course check tells them.`}
      </p>
      <ul class="bank">
        {items.map((item) => (
          <Item key={item.id} item={item} channel={channel} />
        ))}
      </ul>
    </>
  );
}

function Item({ item, channel }: { readonly item: WireItem; readonly channel: string }) {
  const { id, kind, question, choices, answer, explanation, source } = item;
  const problem = useSignal("");
  const ask = async (command: string, options: Readonly<Record<string, string>>) => {
    const outcome = await runCommand(channel, command, options);
    problem.value = outcome.problem ?? "";
    if (outcome.problem === undefined) {
      announcement.value = "It is being asked.";
      location.hash = "#now";
    }
  };
  return (
    <li>
      <h3 dir="auto">{closed(question)}</h3>
      <p class="bank-kind">
        {KIND[kind] ?? kind} · <code>{id}</code>
      </p>
      <div class="buttons">
        {kind !== "discussion" && (
          <button type="button" class="button primary" onClick={() => void ask("quiz", { items: id })}>
            Ask
          </button>
        )}
        <button
          type="button"
          class="button secondary"
          onClick={() => void ask("think-pair-share", { item: id })}
        >
          Think–pair–share
        </button>
      </div>
      {problem.value !== "" && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <details>
        <summary>Answer</summary>
        {choices.length > 0 && (
          <ul class="bank-choices">
            {choices.map(({ text, right }) => (
              <li key={text} class={right ? "right" : undefined} dir="auto">
                {closed(text)}
                {right && <b> right</b>}
              </li>
            ))}
          </ul>
        )}
        {kind === "prediction" && <p>What is right is found by running the model.</p>}
        {answer !== undefined && <p dir="auto">{closed(answer)}</p>}
        {explanation !== undefined && <p dir="auto">{closed(explanation)}</p>}
        <p class="bank-kind" dir="auto">
          {closed(source)}
        </p>
      </details>
    </li>
  );
}
