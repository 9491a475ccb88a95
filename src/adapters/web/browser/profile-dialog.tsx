import { useSignal } from "@preact/signals";
import type { WirePerson } from "../wire.ts";
import { call } from "./api.ts";
import { Dialog } from "./dialog.tsx";
import { room } from "./state.ts";
import { signOut } from "./stream.ts";

export function ProfileDialog({ me, onClose }: { readonly me: WirePerson; readonly onClose: () => void }) {
  const name = useSignal(me.name);
  const problem = useSignal("");
  const rename = async () => {
    try {
      const changed = await call<WirePerson>("PATCH", "/api/session", { name: name.value });
      const now = room.peek();
      if (typeof now === "object") room.value = { ...now, me: changed };
      onClose();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <Dialog title="You" class="form-dialog" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <div class="field">
          <label for="profile-name">Name that others see</label>
          <input
            id="profile-name"
            type="text"
            dir="auto"
            required
            value={name.value}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
          <small>You are here as {me.role === "assistant" ? "a teaching assistant" : `a ${me.role}`}.</small>
        </div>
        {problem.value !== "" && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <div class="form-buttons">
          <button type="button" class="button secondary" onClick={() => void signOut()}>
            Leave the classroom
          </button>
          <button type="submit" class="button primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
