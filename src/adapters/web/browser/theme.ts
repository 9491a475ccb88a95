import { effect, signal } from "@preact/signals";

type Theme = "auto" | "light" | "dark";

const KEY = "cloze/theme";
const stored = localStorage.getItem(KEY);

/** The machine's own, or one that was chosen, e.g. light for a projector. */
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "auto");

effect(() => {
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  localStorage.setItem(KEY, theme.value);
});

const NEXT = { auto: "light", light: "dark", dark: "auto" } as const;

export function nextTheme(): void {
  theme.value = NEXT[theme.peek()];
}
