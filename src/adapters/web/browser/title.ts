import { effect } from "@preact/signals";
import { current, unread } from "./state.ts";

/** Keeps the tab's title: what is new, and where one is. */
export function watchTitle(): void {
  effect(() => {
    const fresh = [...unread.value.values()].reduce((sum, count) => sum + count, 0);
    const channel = current.value;
    const name = channel === undefined || channel.kind === "direct" ? "Cloze" : `${channel.name} · Cloze`;
    document.title = fresh > 0 ? `(${fresh}) ${name}` : name;
  });
}
