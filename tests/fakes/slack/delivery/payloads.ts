import type { Json } from "../json.ts";
import { messageJson } from "../messages.ts";
import type { Services } from "../services.ts";
import { viewJson } from "../web-api/views.ts";
import type { Channel, Message, User, View, World } from "../world.ts";

/** What a person did, in Slack's own words. Field by field as in the payload reference pages. */

export function commandPayload(
  services: Services,
  command: string,
  text: string,
  user: User,
  channel: Channel,
): Json {
  const { world, triggers, responseUrls } = services;
  return {
    token: "loopback",
    team_id: world.team.id,
    team_domain: world.team.domain,
    channel_id: channel.id,
    channel_name: channel.kind === "private" ? "privategroup" : channel.name,
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: world.app.id,
    is_enterprise_install: "false",
    response_url: responseUrls.create({ user: user.id, channel }),
    trigger_id: triggers.issue(user.id),
  };
}

function base(world: World, user: User): Json {
  return {
    token: "loopback",
    api_app_id: world.app.id,
    team: { id: world.team.id, domain: world.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: user.id, username: user.name, name: user.name, team_id: world.team.id },
  };
}

/** Where a pressed element stands. */
export type Surface = { readonly message: Message; readonly channel: Channel } | { readonly view: View };

export function blockActionsPayload(
  services: Services,
  user: User,
  surface: Surface,
  action: Json,
  state: Json,
): Json {
  const { world, triggers, responseUrls } = services;
  const trigger = { trigger_id: triggers.issue(user.id) };
  const actions = [{ ...action, action_ts: world.ts() }];
  if ("view" in surface) {
    return {
      type: "block_actions",
      ...base(world, user),
      ...trigger,
      container: { type: "view", view_id: surface.view.id },
      view: viewJson(world, surface.view),
      actions,
    };
  }
  const { message, channel } = surface;
  const ephemeral = message.ephemeralFor !== undefined;
  return {
    type: "block_actions",
    ...base(world, user),
    ...trigger,
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral,
      ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    },
    channel: { id: channel.id, name: channel.kind === "private" ? "privategroup" : channel.name },
    // Slack does not repeat an ephemeral message's content.
    ...(!ephemeral && { message: messageJson(world, message) }),
    state: { values: state },
    response_url: responseUrls.create({ user: user.id, channel, source: { ts: message.ts, ephemeral } }),
    actions,
  };
}

export function viewPayload(
  services: Services,
  type: "view_submission" | "view_closed",
  user: User,
  view: View,
): Json {
  const { world, triggers } = services;
  return {
    type,
    ...base(world, user),
    view: viewJson(world, view),
    ...(type === "view_submission"
      ? { trigger_id: triggers.issue(user.id), response_urls: [] }
      : { is_cleared: false }),
  };
}

export function suggestionPayload(
  services: Services,
  user: User,
  view: View,
  blockId: string,
  actionId: string,
  value: string,
): Json {
  return {
    type: "block_suggestion",
    ...base(services.world, user),
    container: { type: "view", view_id: view.id },
    view: viewJson(services.world, view),
    block_id: blockId,
    action_id: actionId,
    value,
  };
}

export function messageShortcutPayload(
  services: Services,
  callbackId: string,
  user: User,
  message: Message,
  channel: Channel,
): Json {
  const { world, triggers, responseUrls } = services;
  return {
    type: "message_action",
    ...base(world, user),
    callback_id: callbackId,
    trigger_id: triggers.issue(user.id),
    response_url: responseUrls.create({ user: user.id, channel }),
    channel: { id: channel.id, name: channel.name },
    message_ts: message.ts,
    message: messageJson(world, message),
    action_ts: world.ts(),
  };
}

export function eventPayload(world: World, event: Json): Json {
  return {
    token: "loopback",
    team_id: world.team.id,
    api_app_id: world.app.id,
    type: "event_callback",
    event_id: world.id("Ev"),
    event_time: Math.floor(world.options.clock.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: world.team.id, user_id: world.app.botUserId, is_bot: true },
    ],
    is_ext_shared_channel: false,
    event,
  };
}
