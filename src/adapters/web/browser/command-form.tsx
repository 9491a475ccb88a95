import { useSignal } from "@preact/signals";
import type { Choice } from "../../../bot/commands/spec.ts";
import type { WireCommand, WireOption } from "../wire.ts";
import { call } from "./api.ts";
import { newRequest, send } from "./outbox.ts";

interface CommandFormProps {
  readonly channel: string;
  readonly command: WireCommand;
  readonly onSent: () => void;
  /** Absent where there is no list to go back to. */
  readonly onBack?: () => void;
  /** Absent: it is kept until it can be sent, and its answer stands in the channel. */
  readonly run?: (options: Readonly<Record<string, string>>) => Promise<void>;
}

/** What was filled in last, by command; opening the form again brings it back. */
const filled = new Map<string, Record<string, string>>();

/** A form made from a command's spec. */
export function CommandForm({ channel, command, onSent, onBack, run }: CommandFormProps) {
  const values = useSignal<Readonly<Record<string, string>>>(filled.get(command.name) ?? {});
  const common = command.options.filter(({ advanced }) => !advanced);
  const advanced = command.options.filter((option) => option.advanced);
  const set = (name: string, value: string) => {
    values.value = { ...values.value, [name]: value };
    filled.set(command.name, values.value);
  };
  const field = (option: WireOption) => (
    <Field
      key={option.name}
      option={option}
      value={values.value[option.name] ?? ""}
      set={(value) => set(option.name, value)}
      ask={(typed) =>
        call<readonly Choice<string>[]>("POST", "/api/suggestions", {
          channel,
          command: command.name,
          option: option.name,
          typed,
        }).catch(() => [])
      }
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const options = Object.fromEntries(Object.entries(values.value).filter(([, value]) => value !== ""));
        if (run) void run(options);
        else {
          const body = { request: newRequest(), channel, command: command.name, options };
          void send({ path: "/api/commands", body }, `/${command.name}`);
        }
        onSent();
      }}
    >
      <p class="form-help" dir="auto">
        {command.help ?? command.description}
        {command.visibility === "private" && " Only you see the answer."}
      </p>
      {common.map(field)}
      {advanced.length > 0 && (
        <details>
          <summary>More options ({advanced.length})</summary>
          {advanced.map(field)}
        </details>
      )}
      <div class="form-buttons">
        {onBack && (
          <button type="button" class="button secondary" onClick={onBack}>
            All commands
          </button>
        )}
        <button type="submit" class="button primary">
          Run
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly option: WireOption;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly ask: (typed: string) => Promise<readonly Choice<string>[]>;
}

function Field({ option, value, set, ask }: FieldProps) {
  const id = `option-${option.name}`;
  const about = `${id}-about`;
  return (
    <div class="field">
      <label for={id}>
        {option.name}
        {option.required && <span class="needed"> needed</span>}
      </label>
      <Input option={option} value={value} set={set} ask={ask} id={id} about={about} />
      <small id={about}>
        {option.description} ({option.allowed})
      </small>
    </div>
  );
}

function Input({ option, value, set, ask, id, about }: FieldProps & { id: string; about: string }) {
  const suggestions = useSignal<readonly Choice<string>[]>([]);
  const shared = { id, value, required: option.required, "aria-describedby": about } as const;
  const left = option.default === undefined ? "left out" : `${option.default} (when left out)`;
  if (option.choices || option.type === "boolean") {
    const choices = option.choices ?? [
      { name: "true", value: "true" },
      { name: "false", value: "false" },
    ];
    return (
      <select {...shared} onChange={({ currentTarget }) => set(currentTarget.value)}>
        <option value="">{option.required ? "Choose …" : left}</option>
        {choices.map((choice) => (
          <option key={choice.value} value={String(choice.value)}>
            {choice.name}
          </option>
        ))}
      </select>
    );
  }
  if (option.type === "integer" || option.type === "number") {
    return (
      <input
        {...shared}
        type="number"
        inputMode={option.type === "integer" ? "numeric" : "decimal"}
        step={option.type === "integer" ? 1 : "any"}
        {...(option.min === undefined ? {} : { min: option.min })}
        {...(option.max === undefined ? {} : { max: option.max })}
        placeholder={option.default === undefined ? "" : String(option.default)}
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
    );
  }
  if (option.multiline) {
    return (
      <>
        <textarea
          {...shared}
          rows={3}
          dir="auto"
          {...(option.maxLength === undefined ? {} : { maxLength: option.maxLength })}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
        {option.file && (
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/*"
            aria-label={`${option.name} from a file`}
            onChange={async ({ currentTarget }) => {
              const text = await currentTarget.files?.[0]?.text();
              if (text !== undefined) set(text);
            }}
          />
        )}
      </>
    );
  }
  const suggests = option.suggests || option.type === "user" || option.type === "channel";
  return (
    <>
      <input
        {...shared}
        type="text"
        dir="auto"
        autocomplete="off"
        {...(option.maxLength === undefined ? {} : { maxLength: option.maxLength })}
        {...(suggests ? { list: `${id}-suggestions` } : {})}
        placeholder={option.default === undefined ? "" : String(option.default)}
        onFocus={async () => {
          if (suggests) suggestions.value = await ask(value);
        }}
        onInput={async ({ currentTarget }) => {
          set(currentTarget.value);
          if (suggests) suggestions.value = await ask(currentTarget.value);
        }}
      />
      {suggests && (
        <datalist id={`${id}-suggestions`}>
          {suggestions.value.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.name}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}
