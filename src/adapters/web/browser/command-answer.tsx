import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Outcome, WireCommand } from "../wire.ts";
import { call } from "./api.ts";
import { CommandForm } from "./command-form.tsx";
import { Dialog } from "./dialog.tsx";
import { Body } from "./message.tsx";
import { newRequest } from "./outbox.ts";
import { announcement, knownMessage, messagesOf, openModal } from "./state.ts";

export interface CommandChoice {
  readonly label: string;
  readonly command: string;
  readonly options?: Readonly<Record<string, string>>;
}

interface CommandAnswerProps {
  readonly channel: string;
  /** What this person may use; choices of other commands are left out. */
  readonly commands: readonly WireCommand[];
  readonly heading: string;
  readonly choices: readonly CommandChoice[];
  /** Commands that are filled in first. */
  readonly forms?: readonly string[];
  /** Runs the first choice at once. */
  readonly first?: boolean;
}

/** Buttons that run commands, with the answer to the last one under them. */
export function CommandAnswer({
  channel,
  commands,
  heading,
  choices,
  forms = [],
  first,
}: CommandAnswerProps) {
  const shown = useSignal<string | undefined>(undefined);
  const problem = useSignal("");
  const form = useSignal<WireCommand | undefined>(undefined);
  const usable = choices.filter(({ command }) => commands.some(({ name }) => name === command));
  const run = async ({ command, options = {} }: CommandChoice) => {
    const outcome = await runCommand(channel, command, options);
    shown.value = outcome.message;
    problem.value = outcome.problem ?? "";
  };
  useEffect(() => {
    if (first && usable[0]) void run(usable[0]);
  }, [channel]);
  if (usable.length === 0 && forms.length === 0) return null;
  return (
    <section class="command-answer" aria-label={heading}>
      <h3>{heading}</h3>
      <div class="buttons">
        {usable.map((choice) => (
          <button key={choice.label} type="button" class="button secondary" onClick={() => void run(choice)}>
            {choice.label}
          </button>
        ))}
        {commands
          .filter(({ name }) => forms.includes(name))
          .map((command) => (
            <button
              key={command.name}
              type="button"
              class="button secondary"
              aria-haspopup="dialog"
              onClick={() => {
                form.value = command;
              }}
            >
              /{command.name} …
            </button>
          ))}
      </div>
      {problem.value !== "" && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {shown.value !== undefined && <Answer channel={channel} message={shown.value} />}
      {form.value && (
        <Dialog
          title={`/${form.value.name}`}
          class="form-dialog"
          onClose={() => {
            form.value = undefined;
          }}
        >
          <CommandForm
            channel={channel}
            command={form.value}
            run={(options) => run({ label: "", command: form.peek()!.name, options })}
            onSent={() => {
              form.value = undefined;
            }}
          />
        </Dialog>
      )}
    </section>
  );
}

function Answer({ channel, message }: { readonly channel: string; readonly message: string }) {
  // The answer arrives with the events, perhaps after this request has ended.
  const arrived = messagesOf(channel).value.includes(message) ? knownMessage(message)?.value : undefined;
  if (!arrived) return <p role="status">One moment …</p>;
  return <Body message={arrived} />;
}

export interface CommandOutcome {
  readonly message?: string | undefined;
  readonly problem?: string | undefined;
}

/** Runs a command and tells where its answer stands; never throws. */
export async function runCommand(
  channel: string,
  command: string,
  options: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  try {
    const body = { request: newRequest(), channel, command, options };
    const { message, modal, refused } = await call<Outcome>("POST", "/api/commands", body);
    if (modal) openModal.value = { modal, channel };
    if (refused) announcement.value = refused.message;
    return { message, problem: refused?.message };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
