import { type Signal, useSignal } from "@preact/signals";

export interface RunState<T> {
  readonly data: Signal<T | undefined>;
  readonly problem: Signal<string>;
  readonly busy: Signal<boolean>;
  /** Starts anew; what an earlier start finds is dropped. */
  readonly start: (work: () => Promise<T>) => Promise<void>;
}

/** Something that is asked of the server, with what came of it. */
export function useRun<T>(): RunState<T> {
  const data = useSignal<T | undefined>(undefined);
  const problem = useSignal("");
  const busy = useSignal(false);
  const latest = useSignal(0);
  return {
    data,
    problem,
    busy,
    async start(work) {
      const own = latest.peek() + 1;
      latest.value = own;
      busy.value = true;
      problem.value = "";
      try {
        const found = await work();
        if (latest.peek() === own) data.value = found;
      } catch (error) {
        if (latest.peek() === own) problem.value = error instanceof Error ? error.message : String(error);
      } finally {
        if (latest.peek() === own) busy.value = false;
      }
    },
  };
}
