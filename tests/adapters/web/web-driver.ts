import { createWebAdapter, type WebAdapter } from "../../../src/adapters/web/adapter.ts";
import type { Outcome, WireMessage, WireRoom } from "../../../src/adapters/web/wire.ts";
import { formatCommand } from "../../../src/bot/commands/format-command.ts";
import type { Choice } from "../../../src/bot/commands/spec.ts";
import type { Account, Role } from "../../../src/bot/invocation.ts";
import type {
  Exchange,
  PlatformDriver,
  PlatformUser,
  RunningPlatform,
  SeenMessage,
  SeenModal,
} from "../../contracts/platform-driver.ts";
import { turns } from "../../fakes/hand-clock.ts";
import { seenMessage } from "./seen-message.tsx";
import { joinBy, type WebSession } from "./web-session.ts";

const CHANNEL = "general";
const OTHER_CHANNEL = "lab";

/** Plays people by HTTP and server-sent events, as their browsers would. */
export const webDriver: PlatformDriver = { platform: "web", start };

async function start(setup: Parameters<PlatformDriver["start"]>[0]): Promise<RunningPlatform> {
  const { clock } = setup;
  const sessions = new Map<string, WebSession>();
  const joining = new Map<string, Promise<WebSession>>();
  const files = new Map<string, Uint8Array>();
  const forms = new WeakMap<SeenModal, { outcome: Outcome; channel: string; message?: string }>();
  let adapter: WebAdapter;
  let port = 0;
  let requests = 0;

  async function open(): Promise<void> {
    adapter = createWebAdapter({ host: "127.0.0.1", port, channels: [CHANNEL, OTHER_CHANNEL] });
    await adapter.start(await setup.connect(adapter));
    port = Number(new URL(adapter.links().students[0]!).port);
  }
  await open();
  const url = () => `http://127.0.0.1:${port}`;

  function session(id: string, role: Role): Promise<WebSession> {
    const known = joining.get(id);
    if (known) return known;
    const { teacher, assistant, students } = adapter.links();
    const link = { teacher, assistant, student: students[0]! }[role];
    const joined = joinBy(url, new URL(link).hash.slice(1), id).then(async (own) => {
      await own.follow();
      sessions.set(id, own);
      return own;
    });
    joining.set(id, joined);
    return joined;
  }
  // Sees what everybody sees.
  await session("onlooker", "student");

  const seen = (message: WireMessage) =>
    seenMessage(message, (address) => files.get(address) ?? new Uint8Array());
  const inOrder = (messages: Iterable<WireMessage>) =>
    [...messages].sort((a, b) => (a.id < b.id ? -1 : 1)).map(seen);

  /** The newest thing that everybody sees, as far as this person's stream has brought it. */
  const newestPublic = (own: WebSession) =>
    Math.max(
      0,
      ...[...own.messages.values()]
        .filter((message) => !message.private && [CHANNEL, OTHER_CHANNEL].includes(message.channel))
        .map(({ seq }) => seq),
    );

  /** Waits until all streams have brought the same, and fetches the files that messages show. */
  async function synchronise(): Promise<void> {
    const following = [...sessions.values()].filter((own) => own.following());
    for (;;) {
      const newest = following.filter((own) => own.following()).map(newestPublic);
      if (newest.every((seq) => seq === newest[0])) break;
      await turns(5);
    }
    for (const own of following) {
      for (const address of addresses(own.messages.values())) {
        if (!files.has(address)) files.set(address, await own.bytes(address));
      }
    }
  }

  function exchangeOf(
    own: WebSession,
    began: number,
    asked: Partial<WireMessage>,
    outcome: Outcome,
    form?: SeenModal,
  ): Exchange {
    const answers = (wanted: boolean) =>
      inOrder(
        [...own.messages.values()].filter(
          (message) =>
            (message.private ?? false) === wanted &&
            message.asked?.by.id === own.person.id &&
            message.seq > began &&
            (message.id === outcome.message ||
              (Number(message.id) > began && message.asked.command === asked.asked?.command) ||
              (asked.under !== undefined && message.under === asked.under)),
        ),
      );
    return {
      ackedAfterMs: 0,
      messages: () => answers(false),
      privateMessages: () => answers(true),
      modal: () => form,
    };
  }

  async function act(
    own: WebSession,
    channel: string,
    body: {
      action: string;
      record: string;
      value?: string;
      values?: readonly string[];
      fields?: Readonly<Record<string, string>>;
    },
    message: string | undefined,
  ): Promise<Exchange> {
    const began = own.lastSeq();
    const at = clock.now();
    requests += 1;
    const outcome = await own.post("/api/actions", {
      request: `r${requests}`,
      channel,
      ...body,
      ...(message === undefined ? {} : { message }),
    });
    const under = message === undefined ? {} : { under: message };
    return {
      ...exchangeOf(own, began, under, outcome, formOf(outcome, channel, message)),
      ackedAfterMs: clock.now() - at,
    };
  }

  function formOf(outcome: Outcome, channel: string, message?: string): SeenModal | undefined {
    if (!outcome.modal) return undefined;
    const { title, fields } = outcome.modal;
    const form: SeenModal = {
      title,
      fields: fields.map(({ id, label, value }) => ({
        id,
        label,
        ...(value === undefined ? {} : { value }),
      })),
    };
    forms.set(form, { outcome, channel, ...(message === undefined ? {} : { message }) });
    return form;
  }

  function user(id: string, role: Role): PlatformUser {
    const find = (message: SeenMessage): WireMessage => {
      for (const own of sessions.values()) {
        const found = own.messages.get(message.ref.id);
        if (found) return found;
      }
      throw new Error(`Nobody sees message ${message.ref.id}.`);
    };
    return {
      get account(): Account {
        const own = sessions.get(id)?.person;
        // Who has not joined has no account yet, and nobody can write to it.
        return { platform: "web", id: own?.id ?? `absent-${id}`, displayName: own?.name ?? id };
      },
      async command(name, options = {}, where = {}) {
        const own = await session(id, role);
        const channel = where.channel?.id ?? CHANNEL;
        const text = formatCommand(name, options);
        const began = own.lastSeq();
        const at = clock.now();
        requests += 1;
        const outcome = await own.post("/api/messages", { request: `r${requests}`, channel, text });
        const asked = { asked: { by: own.person, command: text } };
        return {
          ...exchangeOf(own, began, asked, outcome, formOf(outcome, channel)),
          ackedAfterMs: clock.now() - at,
        };
      },
      async press(message, label) {
        const { card, channel, id: pressed } = find(message);
        const buttons = (card?.actions ?? []).flatMap((row) => ("buttons" in row ? row.buttons : []));
        const button = buttons.find((candidate) => candidate.label === label);
        if (!button)
          throw new Error(
            `There is no button "${label}"; there are ${buttons.map((b) => b.label).join(", ")}.`,
          );
        const { action, record, value } = button;
        return act(
          await session(id, role),
          channel,
          { action, record, ...(value === undefined ? {} : { value }) },
          pressed,
        );
      },
      async pressRaw(message, button) {
        return act(await session(id, role), message.ref.channel.id, button, message.ref.id);
      },
      async select(message, labels) {
        const { card, channel, id: pressed } = find(message);
        const row = card?.actions?.find((candidate) => "select" in candidate);
        if (!row || !("select" in row)) throw new Error("The message has no menu.");
        const { action, record, choices } = row.select;
        const values = labels.map((label) => choices.find((choice) => choice.label === label)!.value);
        return act(await session(id, role), channel, { action, record, values }, pressed);
      },
      async autocomplete(command, option, typed) {
        const own = await session(id, role);
        const body = { channel: CHANNEL, command, option, typed };
        return (await own.post<Choice<string>[]>("/api/suggestions", body)).map(({ value }) => value);
      },
      async submit(modal, fields) {
        const { outcome, channel, message } = forms.get(modal)!;
        const { action, record } = outcome.modal!;
        return act(await session(id, role), channel, { action, record, fields }, message);
      },
    };
  }

  return {
    get adapter() {
      return adapter;
    },
    channel: { platform: "web", id: CHANNEL },
    otherChannel: { platform: "web", id: OTHER_CHANNEL },
    asUser: (id, role = "student") => user(id, role),
    channelMessages({ id }) {
      const own = [...sessions.values()].find(({ channels }) => channels.has(id));
      const messages = own?.messages.values() ?? [];
      return inOrder([...messages].filter((message) => message.channel === id && !message.private));
    },
    directMessages({ id }) {
      const own = [...sessions.values()].find(({ person }) => person.id === id);
      return inOrder([...(own?.messages.values() ?? [])].filter(({ channel }) => channel === `direct-${id}`));
    },
    async offered() {
      const own = await session("teacher-who-looks", "teacher");
      return (await own.get<WireRoom>("/api/room")).commands.map(({ name }) => name);
    },
    async quiet() {
      await turns(20);
      await synchronise();
    },
    async restart() {
      await adapter.stop(0);
      await open();
      for (const own of sessions.values()) await own.follow();
    },
    async stop() {
      for (const own of sessions.values()) own.leave();
      await adapter.stop(0);
    },
  };
}

function addresses(messages: Iterable<WireMessage>): string[] {
  return [...messages].flatMap(({ card }) =>
    (card?.blocks ?? []).flatMap((block) =>
      block.type === "picture" ? [block.src] : block.type === "file" ? [block.href] : [],
    ),
  );
}
