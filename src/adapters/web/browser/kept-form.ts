import { myId, type OpenModal, openModal } from "./state.ts";

/** The form that is being filled in, kept over a reload: what is typed there is an answer too. */

const keyOf = () => `cloze/form/${myId() ?? ""}`;

export function keepForm(form: OpenModal): void {
  sessionStorage.setItem(keyOf(), JSON.stringify(form));
}

export function forgetForm(): void {
  sessionStorage.removeItem(keyOf());
}

/** Opens the form again that a reload has closed. */
export function restoreForm(): void {
  const kept = sessionStorage.getItem(keyOf());
  if (kept !== null && !openModal.peek()) openModal.value = JSON.parse(kept) as OpenModal;
}
