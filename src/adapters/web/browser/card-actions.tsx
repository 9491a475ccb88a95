import { useState } from "preact/hooks";
import type { ActionRow, Button, Select } from "../../../bot/cards/card.ts";
import { newRequest, outbox, send } from "./outbox.ts";

interface Where {
  readonly channel: string;
  /** The message that holds them; absent for buttons that stand by themselves. */
  readonly message?: string;
}

export function CardActions({ rows, ...where }: Where & { readonly rows: readonly ActionRow[] }) {
  return (
    <div class="actions">
      {rows.map((row, index) =>
        "buttons" in row ? (
          <div key={index} class="buttons">
            {row.buttons.map((button) => (
              <ActionButton
                key={`${button.action}/${button.record}/${button.value}`}
                {...where}
                button={button}
              />
            ))}
          </div>
        ) : (
          <ActionSelect key={index} {...where} select={row.select} />
        ),
      )}
      <Kept {...where} />
    </div>
  );
}

function press(
  where: Where,
  label: string,
  pressed: Pick<Button, "action" | "record" | "value">,
  values?: string[],
) {
  const { action, record, value } = pressed;
  const body = {
    request: newRequest(),
    ...where,
    action,
    record,
    ...(value === undefined ? {} : { value }),
    ...(values === undefined ? {} : { values }),
  };
  void send({ path: "/api/actions", body }, label);
}

function ActionButton({ button, ...where }: Where & { readonly button: Button }) {
  const busy = outbox.value.some(
    ({ path, body, state }) =>
      path === "/api/actions" &&
      state !== "refused" &&
      body.message === where.message &&
      body.action === button.action &&
      body.record === button.record &&
      body.value === button.value,
  );
  return (
    <button
      type="button"
      class={`button ${button.style ?? "secondary"}`}
      disabled={button.disabled}
      aria-busy={busy}
      onClick={() => {
        if (!busy) press(where, button.label, button);
      }}
    >
      <bdi>{button.label}</bdi>
    </button>
  );
}

function ActionSelect({ select, ...where }: Where & { readonly select: Select }) {
  const { action, record, placeholder, choices, min = 1, max = 1 } = select;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const labelOf = (values: readonly string[]) =>
    values.map((value) => choices.find((choice) => choice.value === value)?.label ?? value).join(", ");
  if (max === 1) {
    return (
      <select
        aria-label={placeholder}
        value={chosen[0] ?? ""}
        onChange={({ currentTarget: { value } }) => {
          setChosen([value]);
          if (value !== "") press(where, labelOf([value]), { action, record }, [value]);
        }}
      >
        <option value="" disabled={min > 0}>
          {placeholder}
        </option>
        {choices.map(({ label, value, description }) => (
          <option key={value} value={value}>
            {description === undefined ? label : `${label}: ${description}`}
          </option>
        ))}
      </select>
    );
  }
  const enough = chosen.length >= min && chosen.length <= max;
  return (
    <fieldset class="several">
      <legend>{placeholder}</legend>
      {choices.map(({ label, value, description }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ currentTarget: { checked } }) =>
              setChosen(checked ? [...chosen, value] : chosen.filter((other) => other !== value))
            }
          />
          <span>
            <bdi>{label}</bdi>
            {description !== undefined && <small>{description}</small>}
          </span>
        </label>
      ))}
      <button
        type="button"
        class="button primary"
        disabled={!enough}
        onClick={() => press(where, labelOf(chosen), { action, record }, [...chosen])}
      >
        Send
      </button>
      {!enough && <small>{min === max ? `Choose ${min}.` : `Choose ${min} to ${max}.`}</small>}
    </fieldset>
  );
}

/** What became of a press that the server has not confirmed. */
function Kept({ message }: Where) {
  const own = outbox.value.filter(
    ({ path, body, state }) => path === "/api/actions" && state !== "sending" && body.message === message,
  );
  if (own.length === 0) return null;
  return (
    <p class="kept" role="status">
      {own.map((item) =>
        item.state === "waiting"
          ? `“${item.label}” is kept and will be sent when the connection is back. `
          : `“${item.label}” was not taken: ${item.problem} `,
      )}
    </p>
  );
}
