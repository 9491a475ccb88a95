import type { RunState } from "./use-run.ts";

/** What is going on, told to everybody. */
export function RunNote<T>({ run, doing }: { readonly run: RunState<T>; readonly doing: string }) {
  if (run.problem.value !== "") {
    return (
      <p class="problem" role="alert">
        {run.problem.value}
      </p>
    );
  }
  return (
    <p class="run-note" role="status">
      {run.busy.value ? doing : ""}
    </p>
  );
}
