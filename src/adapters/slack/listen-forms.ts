import type { App } from "@slack/bolt";
import { parseOptions } from "../../bot/commands/parse-options.ts";
import { type AnyCommand, type OptionSpec, optionName } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import { BUTTON_ID, readButtonId } from "./button-id.ts";
import { commandForm, FORM_ID, MORE_OPTIONS, selectOption } from "./command-form.ts";
import { eventBase } from "./event-base.ts";
import { messageRef, readPlace } from "./event-place.ts";
import { asked, type Hub, handleOnce, type Incoming } from "./hub.ts";
import { runCommand } from "./listen-commands.ts";
import { filledIn, INPUT, type ViewState } from "./modal.ts";
import type { ActionBody, ViewBody } from "./payloads.ts";

/** The forms of commands, and those that buttons and commands open. */
export function listenToForms(app: App, hub: Hub): void {
  const commandOf = (view: ViewBody["view"] | undefined): AnyCommand | undefined =>
    view?.callback_id.startsWith(FORM_ID)
      ? hub.dispatcher.services.commands.commands.get(view.callback_id.slice(FORM_ID.length))
      : undefined;

  app.view(new RegExp(`^${FORM_ID}`), async ({ ack, body }) => {
    const { view, ...rest } = body as unknown as ViewBody;
    const command = commandOf(view);
    const incoming = fromForm({ view, ...rest });
    if (!command || !incoming) {
      await ack();
      return;
    }
    const options = await formOptions(hub, command, view.state.values);
    try {
      parseOptions(command.options, options);
    } catch (error) {
      const option = error instanceof UserError ? error.fields.option : undefined;
      if (typeof option !== "string" || !(option in view.state.values)) throw error;
      // Said where it was written; the form stays open.
      await ack({ response_action: "errors", errors: { [option]: (error as UserError).message } });
      return;
    }
    await ack();
    await handleOnce(hub, incoming, (account, to) =>
      runCommand(hub, incoming, account, to, command, options),
    );
  });

  app.action(MORE_OPTIONS, async ({ ack, body }) => {
    await ack();
    const { view } = body as unknown as ActionBody;
    const command = commandOf(view);
    if (!view || !command) return;
    const title = hub.names.typed(command.name);
    const whole = commandForm(command, { title, metadata: view.private_metadata, all: true });
    await hub.calls.call("views.update", { view_id: view.id, hash: view.hash, view: whole });
  });

  app.options(INPUT, async ({ ack, body }) => {
    const { view, block_id, value } = body as unknown as {
      view?: ViewBody["view"];
      block_id: string;
      value: string;
    };
    const command = commandOf(view);
    const incoming = view && fromForm({ ...(body as unknown as ViewBody), view });
    if (!command || !incoming) {
      await ack({ options: [] });
      return;
    }
    const account = await hub.people.account(incoming.userId, incoming.userName);
    const event = { ...(await eventBase(hub, incoming, account)), command: command.name, options: {} };
    const found = await hub.dispatcher.autocomplete(event, block_id, value);
    // A suggestion is an offer: what was typed can be chosen as it is.
    const own =
      value !== "" && !found.some((choice) => choice.value === value)
        ? [{ name: `Use "${value}"`, value }]
        : [];
    await ack({ options: [...found, ...own].map(selectOption) });
  });

  app.view(BUTTON_ID, async ({ ack, body }) => {
    await ack();
    const { view, ...rest } = body as unknown as ViewBody;
    const incoming = fromForm({ view, ...rest });
    const button = readButtonId(view.callback_id);
    if (!incoming || !button) return;
    await handleOnce(hub, incoming, async (account, to) => {
      const message = messageRef(incoming.place);
      const prepared = await hub.dispatcher.action({
        ...(await eventBase(hub, incoming, account)),
        ...button,
        fields: filledIn(view.state.values),
        ...(message && { message }),
      });
      await hub.running.answer(prepared, asked(hub, incoming, account, to, "form"));
    });
  });
}

function fromForm({ user, team, trigger_id, view }: ViewBody): Incoming | undefined {
  const place = readPlace(view.private_metadata);
  return (
    place && {
      id: `form/${view.id}/${trigger_id ?? view.hash ?? ""}`,
      userId: user.id,
      userName: user.name,
      teamId: team?.id,
      triggerId: trigger_id,
      place,
    }
  );
}

/** What was filled in, as raw options; fields left empty are absent. */
async function formOptions(
  { people }: Hub,
  command: AnyCommand,
  state: ViewState,
): Promise<Record<string, unknown>> {
  const options: Record<string, unknown> = {};
  const filled = filledIn(state);
  for (const [key, { type }] of Object.entries<OptionSpec>(command.options)) {
    const name = optionName(key);
    const value = filled[name];
    if (value === undefined) continue;
    if (type === "user") options[name] = await people.account(value);
    else if (type === "channel") options[name] = { platform: "slack", id: value };
    else options[name] = value;
  }
  return options;
}
