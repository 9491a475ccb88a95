import { useSignal } from "@preact/signals";
import type { ModalField } from "../../../bot/cards/card.ts";
import { Dialog } from "./dialog.tsx";
import { forgetForm, keepForm } from "./kept-form.ts";
import { newRequest, send } from "./outbox.ts";
import { type OpenModal, openModal } from "./state.ts";

/** The form that an action or a command has opened. */
export function ModalDialog() {
  const open = openModal.value;
  if (!open) return null;
  return <ModalForm key={`${open.modal.action}/${open.modal.record}`} open={open} />;
}

function ModalForm({ open: { modal, channel, message, typed = {} } }: { readonly open: OpenModal }) {
  const { title, action, record, submitLabel, fields } = modal;
  const values = useSignal<Readonly<Record<string, string>>>(
    Object.fromEntries(fields.map(({ id, value }) => [id, typed[id] ?? value ?? ""])),
  );
  const close = () => {
    forgetForm();
    openModal.value = undefined;
  };
  return (
    <Dialog title={title} class="form-dialog" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const sent = Object.values(values.value).join("\n");
          const body = {
            request: newRequest(),
            channel,
            action,
            record,
            fields: values.value,
            ...(message === undefined ? {} : { message }),
          };
          void send({ path: "/api/actions", body }, sent);
          close();
        }}
      >
        {fields.map((field) => (
          <FieldView
            key={field.id}
            field={field}
            value={values.value[field.id] ?? ""}
            set={(value) => {
              values.value = { ...values.value, [field.id]: value };
              keepForm({
                modal,
                channel,
                ...(message === undefined ? {} : { message }),
                typed: values.value,
              });
            }}
          />
        ))}
        <div class="form-buttons">
          <button type="button" class="button secondary" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            {submitLabel ?? "Send"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function FieldView({
  field,
  value,
  set,
}: {
  field: ModalField;
  value: string;
  set: (value: string) => void;
}) {
  const { label, kind, required, minLength, maxLength, placeholder } = field;
  const id = `modal-${field.id}`;
  const shared = {
    id,
    value,
    dir: "auto" as const,
    required: required ?? false,
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(placeholder === undefined ? {} : { placeholder }),
  };
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required && <span class="needed"> needed</span>}
      </label>
      {kind === "paragraph" ? (
        <textarea {...shared} rows={4} onInput={({ currentTarget }) => set(currentTarget.value)} />
      ) : (
        <input {...shared} type="text" onInput={({ currentTarget }) => set(currentTarget.value)} />
      )}
      {maxLength !== undefined && (
        <small>
          {[...value].length} of at most {maxLength} characters
        </small>
      )}
    </div>
  );
}
