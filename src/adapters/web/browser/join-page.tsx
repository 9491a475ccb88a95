import { useSignal } from "@preact/signals";
import { call, Refusal } from "./api.ts";
import { forgetKey } from "./route.ts";
import { Mark } from "./sidebar.tsx";
import { connect } from "./stream.ts";

/** The door: a name, and the code unless the link has brought it. */
export function JoinPage({ linkKey }: { readonly linkKey: string }) {
  const name = useSignal("");
  const code = useSignal("");
  const problem = useSignal("");
  const busy = useSignal(false);
  /** From the link, until it turns out to open nothing. */
  const key = useSignal(linkKey);
  const teacher = key.value.startsWith("teacher-");

  const join = async () => {
    busy.value = true;
    problem.value = "";
    try {
      await call("POST", "/api/session", { key: key.value || code.value, name: name.value });
      await connect();
    } catch (error) {
      if (error instanceof Refusal && error.code === "code-wrong") {
        forgetKey();
        key.value = "";
      }
      problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="join">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void join();
        }}
      >
        <h1>
          <Mark />
          Cloze
        </h1>
        <p class="join-lead">
          Language models for the whole class: <span class="blank">watch</span> them choose every word.
        </p>
        <div class="field" hidden={teacher}>
          <label for="join-name">Your name</label>
          <input
            id="join-name"
            type="text"
            dir="auto"
            autocomplete="name"
            required={!teacher}
            value={name.value}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
          <small>Everybody in the classroom sees it.</small>
        </div>
        {key.value === "" && (
          <div class="field">
            <label for="join-code">Join code</label>
            <input
              id="join-code"
              class="code-input"
              type="text"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              required
              value={code.value}
              onInput={({ currentTarget }) => {
                code.value = currentTarget.value;
              }}
            />
            <small>It is on the screen, or ask your teacher.</small>
          </div>
        )}
        {problem.value !== "" && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <button type="submit" class="button primary wide" disabled={busy.value}>
          {teacher ? "Enter as the teacher" : "Join"}
        </button>
      </form>
    </main>
  );
}
