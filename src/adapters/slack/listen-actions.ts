import type { App } from "@slack/bolt";
import { isLinkId, readButtonId } from "./button-id.ts";
import { MORE_OPTIONS } from "./command-form.ts";
import { eventBase } from "./event-base.ts";
import { messageRef } from "./event-place.ts";
import { acknowledgeLate, asked, type Hub, handleOnce, type Incoming } from "./hub.ts";
import type { ActionBody, PressedElement } from "./payloads.ts";

/** Buttons and select menus. @param onHome Called when something on somebody's home tab was used. */
export function listenToActions(app: App, hub: Hub, onHome: (userId: string) => Promise<void>): void {
  app.action(/.*/, async ({ ack, body, payload }) => {
    const element = payload as unknown as PressedElement;
    if (element.action_id === MORE_OPTIONS) return;
    if (isLinkId(element.action_id)) return ack();
    const { done } = acknowledgeLate(hub, ack);
    const action = body as unknown as ActionBody;
    const incoming = await fromAction(hub, action, element).catch((error: unknown) => {
      done();
      throw error;
    });
    await handleOnce(hub, incoming, async (account, to) => {
      // An element of another version has an id we can't read: the dispatcher says what to do.
      const button = readButtonId(element.action_id) ?? { action: element.action_id, record: "" };
      const { value, selected_option: one, selected_options: several } = element;
      const values = several?.map((option) => option.value) ?? (one ? [one.value] : undefined);
      const message = messageRef(incoming.place);
      const prepared = await hub.dispatcher.action({
        ...(await eventBase(hub, incoming, account)),
        ...button,
        ...(value !== undefined && { value }),
        ...(values && { values }),
        ...(message && { message }),
      });
      const label = element.text?.text ?? element.placeholder?.text ?? "";
      await hub.running.answer(prepared, asked(hub, incoming, account, to, label, done));
    });
    done();
    if (action.container?.type === "view") await onHome(action.user.id);
  });
}

async function fromAction({ calls }: Hub, body: ActionBody, element: PressedElement): Promise<Incoming> {
  const { user, team, trigger_id, channel, container, message, response_url } = body;
  const channelId = channel?.id ?? container?.channel_id ?? (await directChannel(calls, user.id));
  return {
    id: `action/${trigger_id ?? element.action_ts ?? ""}/${element.action_id}`,
    userId: user.id,
    userName: user.name ?? user.username,
    teamId: team?.id,
    triggerId: trigger_id,
    place: {
      channel: channelId,
      channelName: channel?.name ?? "",
      responseUrl: response_url,
      ts: container?.message_ts,
      ephemeral: container?.is_ephemeral,
      threadTs: container?.thread_ts ?? message?.thread_ts,
    },
  };
}

/** The home tab is in no channel: its answers go to the direct messages. */
async function directChannel(calls: Hub["calls"], userId: string): Promise<string> {
  const { channel } = await calls.call("conversations.open", { users: userId });
  return (channel as { id: string }).id;
}
