import { useSignal } from "@preact/signals";
import type { WireCommand } from "../wire.ts";
import { CommandForm } from "./command-form.tsx";
import { Dialog } from "./dialog.tsx";

interface CommandDialogProps {
  readonly channel: string;
  readonly commands: readonly WireCommand[];
  readonly onClose: () => void;
}

/** Every command with its form, for those who would rather not type. */
export function CommandDialog({ channel, commands, onClose }: CommandDialogProps) {
  const chosen = useSignal<WireCommand | undefined>(undefined);
  const command = chosen.value;
  if (command) {
    return (
      <Dialog key={command.name} title={`/${command.name}`} class="form-dialog" onClose={onClose}>
        <CommandForm
          channel={channel}
          command={command}
          onSent={onClose}
          onBack={() => {
            chosen.value = undefined;
          }}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title="Commands" class="form-dialog" onClose={onClose}>
      <ul class="command-list">
        {commands.map((other) => (
          <li key={other.name}>
            <button
              type="button"
              onClick={() => {
                chosen.value = other;
              }}
            >
              <b>/{other.name}</b>
              <span>{other.description}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
