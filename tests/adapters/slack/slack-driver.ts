import { createSlackAdapter } from "../../../src/adapters/slack/adapter.ts";
import { writeButtonId } from "../../../src/adapters/slack/button-id.ts";
import { type CommandNames, createCommandNames } from "../../../src/adapters/slack/command-names.ts";
import { createManifest, SCOPES } from "../../../src/adapters/slack/manifest.ts";
import { DEFAULT_COMMANDS } from "../../../src/adapters/slack/settings.ts";
import { formatCommand } from "../../../src/bot/commands/format-command.ts";
import type { Account, ChannelRef, Role } from "../../../src/bot/invocation.ts";
import type {
  Exchange,
  PlatformDriver,
  PlatformUser,
  RunningPlatform,
  SeenMessage,
  SeenModal,
} from "../../contracts/platform-driver.ts";
import { asObject, asString } from "../../fakes/slack/json.ts";
import { type ModalHandle, modalHandle } from "../../fakes/slack/people/modal.ts";
import { interactives } from "../../fakes/slack/people/press.ts";
import type { Started } from "../../fakes/slack/people/started.ts";
import { visibleText } from "../../fakes/slack/people/visible-text.ts";
import { type Slack, startSlack } from "../../fakes/slack/slack.ts";
import type { Message } from "../../fakes/slack/world.ts";
import { seenMessage } from "./seen-message.ts";

/** Plays people in a loopback workspace; the adapter speaks through the real Bolt. */
export function slackDriver(mode: "socket" | "http"): PlatformDriver {
  return { platform: "slack", start: (setup) => start(mode, setup) };
}

async function start(
  mode: "socket" | "http",
  { clock, connect }: Parameters<PlatformDriver["start"]>[0],
): Promise<RunningPlatform> {
  const slack = await startSlack({
    clock,
    users: [],
    channels: [{ name: "general" }, { name: "lab" }],
    app: { scopes: Object.keys(SCOPES), homeTab: true },
  });
  const { world } = slack;
  let names: CommandNames;

  async function open() {
    const made = createSlackAdapter({
      botToken: slack.botToken,
      connection:
        mode === "socket"
          ? { mode, appToken: slack.appToken }
          : { mode, signingSecret: slack.signingSecret, port: 0 },
      commands: DEFAULT_COMMANDS,
      apiUrl: slack.apiUrl,
    });
    const dispatcher = await connect(made);
    names = createCommandNames(dispatcher.services.commands.commands.values(), DEFAULT_COMMANDS);
    // As if the manifest had been pasted into the app's pages.
    const { features } = createManifest(names, { appName: "Cloze", mode: "socket" });
    slack.configure({
      commands: features.slash_commands.map(({ command }) => ({ command, shouldEscape: true })),
    });
    await made.start(dispatcher);
    if (mode === "http") await slack.useHttp(`http://127.0.0.1:${made.port()}/slack/events`);
    return made;
  }
  let adapter = await open();

  const ref = (name: string): ChannelRef => ({ platform: "slack", id: slack.channel(name).channel.id });
  const seen = (message: Message) => seenMessage(world, message);
  const users = new Map<string, PlatformUser>();

  return {
    get adapter() {
      return adapter;
    },
    channel: ref("general"),
    otherChannel: ref("lab"),
    asUser(id, role = "student") {
      const known = users.get(id) ?? person(slack, id, role, () => names, ref("general"));
      users.set(id, known);
      return known;
    },
    channelMessages: ({ id }) => (world.channels.get(id)?.messages ?? []).filter((m) => m.fromApp).map(seen),
    directMessages(account) {
      const direct = [...world.channels.values()].find(
        ({ kind, members }) => kind === "im" && members.has(account.id),
      );
      return (direct?.messages ?? []).map(seen);
    },
    async offered() {
      const declared = new Set(world.options.app.commands?.map(({ command }) => command));
      return [...names.slash]
        .filter(([slash]) => declared.has(slash))
        .flatMap(([, all]) => all.map(({ name }) => name));
    },
    quiet: () => slack.quiet(),
    async restart() {
      await adapter.stop(0);
      adapter = await open();
    },
    async stop() {
      await adapter.stop(0);
      await slack.close();
    },
  };
}

function person(
  slack: Slack,
  id: string,
  role: Role,
  names: () => CommandNames,
  general: ChannelRef,
): PlatformUser {
  const { world, timeline } = slack;
  const { user } = slack.addUser({ name: id, realName: id, admin: role === "teacher" });
  const account: Account = { platform: "slack", id: user.id, displayName: id };
  const modals = new Map<string, SeenModal>();
  const handles = new WeakMap<SeenModal, ModalHandle>();

  /** What came of something that was started when the timeline had `from` happenings. */
  async function exchange(
    started: Started,
    from: number,
    at: number,
    by: string,
    channel: string,
  ): Promise<Exchange> {
    const outcome = started.delivery && (await started.outcome());
    const ackedAfterMs = slack.world.options.clock.now() - at;
    const since = () => timeline.all.slice(from);
    const refused = () =>
      since().flatMap((seen) => (seen.kind === "notice" && seen.user === user.id ? [seen.text] : []))[0];
    return {
      ackedAfterMs,
      get refusedByPlatform() {
        return outcome?.acknowledged ? undefined : (refused() as string);
      },
      messages() {
        const begun = new Set(since().flatMap((seen) => (seen.kind === "message" ? [seen.message.ts] : [])));
        const all = (world.channels.get(channel)?.messages ?? []).filter(
          ({ ts, fromApp }) => fromApp && begun.has(ts),
        );
        const own = all.filter(
          (message) => visibleText(message).trimStart().startsWith(by) || message.streaming,
        );
        const threads = new Set(own.map(({ ts, threadTs }) => threadTs ?? ts));
        const more = all.filter((message) => !own.includes(message) && threads.has(message.threadTs ?? ""));
        return [...own, ...more]
          .sort((a, b) => Number(a.ts) - Number(b.ts))
          .map((message) => seenMessage(world, message));
      },
      privateMessages() {
        const shown = new Set(
          since().flatMap((seen) => (seen.kind === "ephemeral" ? [seen.message.ts] : [])),
        );
        return [...world.ephemerals.values()]
          .filter(({ ts, ephemeralFor }) => shown.has(ts) && ephemeralFor === user.id)
          .map((message) => seenMessage(world, message));
      },
      modal() {
        const opened = since().findLast((seen) => seen.kind === "modal-opened" && seen.user === user.id);
        return opened?.kind === "modal-opened" ? seenModal(opened.viewId) : undefined;
      },
    };
  }

  function seenModal(viewId: string): SeenModal {
    const known = modals.get(viewId);
    if (known) return known;
    const handle = modalHandle(slack.services, user, viewId, 0);
    const modal: SeenModal = {
      title: handle.title,
      fields: interactives(handle.view.content.blocks).map(({ block, element }) => ({
        id: asString(block.block_id),
        label: asString(asObject(block.label).text),
        value: asString(element.initial_value),
      })),
    };
    modals.set(viewId, modal);
    handles.set(modal, handle);
    return modal;
  }

  const begin = (channel: string, by: string, act: () => Started): Promise<Exchange> => {
    const [from, at] = [timeline.all.length, slack.world.options.clock.now()];
    return exchange(act(), from, at, by, channel);
  };
  const at = (message: SeenMessage) => slack.messageAt(message.ref.channel.id, message.ref.id, id);
  const channelName = (channel: ChannelRef) => world.channels.get(channel.id)!.name;

  return {
    account,
    command(name, options = {}, { channel = general } = {}) {
      const typed = names().typed(name);
      const [slash = "", ...sub] = typed.split(" ");
      const given = formatCommand("x", options).slice("/x".length).trim();
      const text = [...sub, ...(given === "" ? [] : [given])].join(" ");
      return begin(channel.id, `${id} · ${typed}`, () =>
        slack.channel(channelName(channel)).user(id).command(slash, text),
      );
    },
    press: (message, label) =>
      begin(message.ref.channel.id, `${id} · ${label}`, () => at(message).press(label)),
    pressRaw: (message, { value, ...button }) =>
      begin(message.ref.channel.id, `${id} · ?`, () =>
        at(message).pressRaw({ actionId: writeButtonId(button, 0), ...(value !== undefined && { value }) }),
      ),
    select(message, labels) {
      const handle = at(message);
      const menu = interactives(handle.current.blocks).find(({ element }) =>
        asString(element.type).endsWith("select"),
      )!;
      return begin(message.ref.channel.id, `${id} · ${menu.label}`, () =>
        handle.choose(menu.label, ...labels),
      );
    },
    async autocomplete(command, option, typed) {
      const opening = await this.command(command);
      await slack.quiet();
      const modal = opening.modal();
      if (!modal) throw new Error(`/${command} opened no form to suggest in.`);
      const found = await handles.get(modal)!.suggestions(option, typed);
      // What was typed is always among what can be chosen.
      return found.filter((label) => !label.startsWith('Use "'));
    },
    submit(modal, fields) {
      const handle = handles.get(modal)!;
      return begin(general.id, `${id} · form`, () => handle.fill(fields).submit());
    },
  };
}
