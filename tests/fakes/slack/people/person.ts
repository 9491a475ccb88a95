import { commandPayload, eventPayload } from "../delivery/payloads.ts";
import { respond } from "../delivery/response-urls.ts";
import { isObject } from "../json.ts";
import { addMessage, messageJson } from "../messages.ts";
import type { Services } from "../services.ts";
import { SlackError } from "../web-api/method.ts";
import { type Channel, directChannel, type User } from "../world.ts";
import { type MessageHandle, messageHandle } from "./message.ts";
import { choose, press } from "./press.ts";
import { type Started, started } from "./started.ts";
import { escapeTyped } from "./typed-text.ts";
import { blockText } from "./visible-text.ts";

/** Commands that Slack keeps to itself: an app's command of the same name never sees them. */
const BUILT_IN = new Set(
  (
    "/active /archive /away /call /collapse /dm /dnd /expand /feed /feedback /help /invite /join /kick /leave " +
    "/me /msg /mute /open /prefs /remind /remove /rename /search /shortcuts /shrug /star /status /topic /who"
  ).split(" "),
);

/** Somebody in a channel. */
export interface PersonInChannel {
  readonly user: User;
  readonly channel: Channel;
  /** Types a slash command. */
  command(command: string, text?: string): Started;
  /** Writes a message. */
  say(text: string): MessageHandle;
}

export function personInChannel(
  services: Services,
  user: User,
  channel: Channel,
  threadTs?: string,
): PersonInChannel {
  const { world, timeline, deliveries } = services;
  const notice = (text: string) =>
    timeline.record({ kind: "notice", user: user.id, channel: channel.id, text });
  return {
    user,
    channel,
    command(command, text = "") {
      const from = timeline.all.length;
      const known = world.options.app.commands?.find((one) => one.command === command);
      if (threadTs !== undefined) notice(`${command} is not supported in threads. Sorry!`);
      else if (BUILT_IN.has(command)) notice(`${command} is a command of Slack's own.`);
      else if (!known) notice(`${command} is not a valid command.`);
      else {
        const sent = escapeTyped(world, text, known.shouldEscape ?? false);
        const payload = commandPayload(services, command, sent, user, channel);
        const delivery = deliveries.interaction("slash_commands", payload, `${command} ${text}`.trim());
        void delivery.outcome.then((outcome) => {
          if (!outcome.acknowledged) notice(`${command} failed with the error "${outcome.reason}".`);
          else if (isObject(outcome.body) && Object.keys(outcome.body).length > 0) {
            try {
              respond(outcome.body, { user: user.id, channel }, services);
            } catch (error) {
              if (!(error instanceof SlackError)) throw error;
              notice(`${command} failed with the error "${error.error}".`);
            }
          }
        });
        return started(services, user, channel, from, delivery);
      }
      return started(services, user, channel, from, undefined);
    },
    say(text) {
      const at = timeline.all.length;
      const message = addMessage(services, {
        channel,
        user: user.id,
        fromApp: false,
        text: escapeTyped(world, text, true),
        ...(threadTs !== undefined && { threadTs }),
      });
      const type = { public: "channels", private: "groups", im: "im", mpim: "mpim" }[channel.kind];
      if (world.options.app.events?.includes(`message.${type}`) && channel.members.has(world.app.botUserId)) {
        const event = { ...messageJson(world, message), channel: channel.id, event_ts: message.ts };
        deliveries.event(eventPayload(world, event), `message.${type}`);
      }
      return messageHandle(services, user, message, at);
    },
  };
}

/** The app's home tab on somebody's screen. */
export interface HomeHandle {
  readonly text: string;
  press(label: string): Started;
  choose(label: string, ...options: string[]): Started;
}

/** Somebody, outside any channel. */
export interface PersonAnywhere {
  readonly user: User;
  /** The direct messages with the app. */
  readonly direct: PersonInChannel;
  /** Opens the app's home tab; resolves once the app has published it. */
  openHome(): Promise<HomeHandle>;
  /** The home tab as published next after `index` of the timeline. */
  home(from?: number): Promise<HomeHandle>;
}

export function personAnywhere(services: Services, user: User): PersonAnywhere {
  const { world, timeline, deliveries } = services;
  const home = async (from = 0): Promise<HomeHandle> => {
    const viewId = await timeline.wait("a home tab to be published", from, (seen) =>
      seen.kind === "home" && seen.user === user.id ? seen.viewId : undefined,
    );
    const view = world.views.get(viewId)!;
    const blocks = () => view.content.blocks;
    return {
      get text() {
        return (blocks() as Record<string, unknown>[]).map(blockText).join("\n");
      },
      press: (label) => press(services, user, { view }, blocks(), label),
      choose: (label, ...options) => choose(services, user, { view }, blocks(), label, options),
    };
  };
  return {
    user,
    get direct() {
      return personInChannel(services, user, directChannel(world, user.id));
    },
    openHome() {
      const from = timeline.all.length;
      if (!world.options.app.events?.includes("app_home_opened")) {
        throw new Error("The app is not subscribed to app_home_opened, so it would never know.");
      }
      const event = {
        type: "app_home_opened",
        user: user.id,
        channel: directChannel(world, user.id).id,
        tab: "home",
        event_ts: world.ts(),
      };
      deliveries.event(eventPayload(world, event), "app_home_opened");
      return home(from);
    },
    home,
  };
}
