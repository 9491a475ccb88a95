import { type Signal, signal } from "@preact/signals";

/** What is being typed, by channel; a reload does not lose it. */

const drafts = new Map<string, Signal<string>>();
const keyOf = (channel: string) => `cloze/draft/${channel}`;

export function draftOf(channel: string): Signal<string> {
  let draft = drafts.get(channel);
  if (!draft) {
    draft = signal(sessionStorage.getItem(keyOf(channel)) ?? "");
    drafts.set(channel, draft);
  }
  return draft;
}

export function setDraft(channel: string, text: string): void {
  draftOf(channel).value = text;
  if (text === "") sessionStorage.removeItem(keyOf(channel));
  else sessionStorage.setItem(keyOf(channel), text);
}

/** The text that was put back last: it is whole, so nothing is offered for it until it changes. */
export const restored = signal("");

/** Puts a refused text back to be corrected, unless something else has been begun. True when it did. */
export function restoreDraft(channel: string, text: string): boolean {
  if (draftOf(channel).peek().trim() !== "") return false;
  restored.value = text;
  setDraft(channel, text);
  return true;
}

const HISTORY_KEY = "cloze/history";
const LONGEST_HISTORY = 100;

/** What was sent before, newest last. */
export function sentTexts(): readonly string[] {
  return JSON.parse(sessionStorage.getItem(HISTORY_KEY) ?? "[]") as string[];
}

export function rememberSent(text: string): void {
  const texts = [...sentTexts().filter((other) => other !== text), text].slice(-LONGEST_HISTORY);
  sessionStorage.setItem(HISTORY_KEY, JSON.stringify(texts));
}
