import type { App } from "@slack/bolt";
import { type AnyCommand, type OptionSpec, optionName } from "../../bot/commands/spec.ts";
import { UserError } from "../../bot/errors.ts";
import type { Account } from "../../bot/invocation.ts";
import { commandForm, needsForm } from "./command-form.ts";
import { readCommandText } from "./command-text.ts";
import { eventBase } from "./event-base.ts";
import { writePlace } from "./event-place.ts";
import { asked, type Hub, handleOnce, type Incoming, openView } from "./hub.ts";
import { SHORTCUT_ID } from "./manifest.ts";
import type { ShortcutBody } from "./payloads.ts";
import type { Answerable } from "./responding.ts";
import { type Mention, readTypedText } from "./typed-text.ts";

/** Slash commands and message shortcuts. */
export function listenToCommands(app: App, hub: Hub): void {
  app.command(/.*/, async ({ command: body, ack }) => {
    await ack();
    const incoming: Incoming = {
      id: `command/${body.trigger_id}`,
      userId: body.user_id,
      userName: body.user_name,
      teamId: body.team_id,
      triggerId: body.trigger_id,
      place: { channel: body.channel_id, channelName: body.channel_name, responseUrl: body.response_url },
    };
    await handleOnce(hub, incoming, async (account, to) => {
      const candidates = hub.names.slash.get(body.command);
      if (!candidates) throw unknownSlash(body.command, hub);
      const { command, options, empty } = readCommandText(body.command, candidates, body.text);
      if (empty && needsForm(command)) {
        const title = hub.names.typed(command.name);
        const view = commandForm(command, { title, metadata: writePlace(incoming.place), all: false });
        await openView(hub.calls, incoming.triggerId, view);
        return;
      }
      await runCommand(hub, incoming, account, to, command, await withRefs(hub, options));
    });
  });

  app.shortcut(
    { type: "message_action", callback_id: new RegExp(`^${SHORTCUT_ID}`) },
    async ({ shortcut, ack }) => {
      await ack();
      const body = shortcut as unknown as ShortcutBody;
      const incoming: Incoming = {
        id: `shortcut/${body.trigger_id}`,
        userId: body.user.id,
        userName: body.user.name,
        teamId: body.team?.id,
        triggerId: body.trigger_id,
        place: {
          channel: body.channel?.id ?? "",
          channelName: body.channel?.name ?? "",
          responseUrl: body.response_url,
          threadTs: body.message?.thread_ts,
        },
      };
      await handleOnce(hub, incoming, async (account, to) => {
        const name = body.callback_id.slice(SHORTCUT_ID.length);
        const command = hub.dispatcher.services.commands.commands.get(name);
        if (!command) throw unknownSlash(`/${name}`, hub);
        const main = mainOption(command);
        const { text } = readTypedText(body.message?.text ?? "");
        await runCommand(hub, incoming, account, to, command, main === undefined ? {} : { [main]: text });
      });
    },
  );
}

/** Gives a command to the dispatcher and shows what comes of it. */
export async function runCommand(
  hub: Hub,
  incoming: Incoming,
  account: Account,
  to: Answerable,
  command: AnyCommand,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const event = { ...(await eventBase(hub, incoming, account)), command: command.name, options };
  const prepared = await hub.dispatcher.command(event);
  await hub.running.answer(prepared, asked(hub, incoming, account, to, hub.names.typed(command.name)));
}

/** People and channels as the dispatcher takes them. */
export async function withRefs(
  { people }: Hub,
  options: Readonly<Record<string, string | Mention>>,
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "string") resolved[name] = value;
    else if (value.kind === "user") resolved[name] = await people.account(value.id, value.name);
    else resolved[name] = { platform: "slack", id: value.id };
  }
  return resolved;
}

function mainOption(command: AnyCommand): string | undefined {
  const found = Object.entries<OptionSpec>(command.options).find(
    ([, option]) => option.type === "string" && option.main,
  );
  return found && optionName(found[0]);
}

function unknownSlash(slash: string, { names }: Hub): UserError {
  return new UserError(
    "command-unknown",
    `Cloze has no ${slash} (any more). It has ${[...names.slash.keys()].join(", ")}. The teacher can bring the Slack app up to date with the manifest of "npx cloze setup slack".`,
    { command: slash },
  );
}
