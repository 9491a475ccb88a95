import { messageShortcutPayload } from "../delivery/payloads.ts";
import { snapshot } from "../json.ts";
import type { Services } from "../services.ts";
import { type Message, type StoredFile, type User, userNamed } from "../world.ts";
import { describeMatch, type Match, matches } from "./match.ts";
import { choose, interactives, press, pressRaw } from "./press.ts";
import { type Started, started } from "./started.ts";
import { effects, visibleText } from "./visible-text.ts";

/** A message on somebody's screen. */
export interface MessageHandle {
  readonly ts: string;
  /** As it stands now; as it last stood once it is deleted. */
  readonly current: Message;
  /** What one reads. */
  readonly text: string;
  /** The labels of its buttons. */
  readonly buttons: readonly string[];
  readonly files: readonly StoredFile[];
  /** Whom it notifies and where its links lead. */
  readonly effects: { readonly pings: readonly string[]; readonly links: readonly string[] };
  /** Resolves when the text matches, at once if it does already. */
  until(match: Match): Promise<MessageHandle>;
  /** The next change after what this handle last saw. */
  changed(): Promise<MessageHandle>;
  deleted(): Promise<void>;
  /** A reply of the app in this message's thread. */
  reply(match?: Match): Promise<MessageHandle>;
  press(label: string): Started;
  /** A press that the message does not show: a forged or an outdated one. */
  pressRaw(element: { readonly actionId: string; readonly value?: string }): Started;
  choose(label: string, ...options: string[]): Started;
  /** Uses a message shortcut from the "more actions" menu. */
  shortcut(name: string): Started;
  /** The same message on another person's screen. */
  as(name: string): MessageHandle;
}

/** @param seenAt Index in the timeline of what the handle shows. */
export function messageHandle(services: Services, user: User, first: Message, seenAt: number): MessageHandle {
  const { world, timeline, deliveries } = services;
  const channel = world.channels.get(first.channel)!;
  let last = first;
  let seen = seenAt;
  const stored = () => channel.messages.find((m) => m.ts === first.ts) ?? world.ephemerals.get(first.ts);
  const current = () => {
    last = snapshot(stored() ?? last);
    return last;
  };

  const handle: MessageHandle = {
    ts: first.ts,
    get current() {
      return current();
    },
    get text() {
      return visibleText(current());
    },
    get buttons() {
      return interactives(current().blocks)
        .filter(({ element }) => element.type === "button")
        .map(({ label }) => label);
    },
    get files() {
      return current().files;
    },
    get effects() {
      return effects(current());
    },
    async until(match) {
      if (matches(match, visibleText(current()))) return handle;
      await timeline.wait(`message ${first.ts} to become one${describeMatch(match)}`, seen, (happening) => {
        if (happening.kind !== "message-changed" && happening.kind !== "ephemeral-changed") return undefined;
        return happening.message.ts === first.ts && matches(match, visibleText(happening.message))
          ? true
          : undefined;
      });
      return handle;
    },
    changed: () =>
      timeline.wait(`message ${first.ts} to change`, seen + 1, (happening, index) => {
        if (happening.kind !== "message-changed" && happening.kind !== "ephemeral-changed") return undefined;
        if (happening.message.ts !== first.ts) return undefined;
        seen = index;
        return handle;
      }),
    async deleted() {
      await timeline.wait(`message ${first.ts} to be deleted`, seenAt, (happening) => {
        if (happening.kind !== "message-deleted" && happening.kind !== "ephemeral-deleted") return undefined;
        return happening.message.ts === first.ts ? true : undefined;
      });
    },
    reply: (match) =>
      timeline.wait(`a reply in the thread${describeMatch(match)}`, seenAt, (happening, index) => {
        if (happening.kind !== "message" || happening.message.threadTs !== first.ts) return undefined;
        if (!happening.message.fromApp || !matches(match, visibleText(happening.message))) return undefined;
        return messageHandle(services, user, happening.message, index);
      }),
    press: (label) => press(services, user, { message: current(), channel }, current().blocks, label),
    pressRaw: ({ actionId, value }) =>
      pressRaw(services, user, { message: current(), channel }, actionId, value),
    choose: (label, ...options) =>
      choose(services, user, { message: current(), channel }, current().blocks, label, options),
    shortcut(name) {
      const shortcut = world.options.app.shortcuts?.find((one) => one.name === name);
      if (!shortcut) throw new Error(`The app has no message shortcut "${name}".`);
      const from = timeline.all.length;
      const payload = messageShortcutPayload(services, shortcut.callbackId, user, current(), channel);
      return started(
        services,
        user,
        channel,
        from,
        deliveries.interaction("interactive", payload, "message_action"),
      );
    },
    as: (name) => messageHandle(services, userNamed(world, name), first, seenAt),
  };
  return handle;
}
