/**
 * The least that passes the contract: a platform that is a list of messages, and its adapter. It shows that the
 * suite can be passed, and, with a fault planted, that it can be failed.
 */
import type { Adapter } from "../../src/adapters/adapter.ts";
import type { Card } from "../../src/bot/cards/card.ts";
import type { Dispatcher, Prepared } from "../../src/bot/dispatcher.ts";
import type { Account, ActionEvent, ChannelRef, CommandEvent, Role } from "../../src/bot/invocation.ts";
import { cardText } from "../bot/bot-rig.ts";
import type {
  DriverSetup,
  Exchange,
  PlatformDriver,
  PlatformUser,
  RunningPlatform,
  SeenMessage,
  SeenModal,
} from "./platform-driver.ts";

export interface Faults {
  /** Shows private replies in the channel. */
  readonly leaks?: boolean;
  /** Acknowledges when the handler has answered. */
  readonly acksLate?: boolean;
  /** Shows only the first state of a reply. */
  readonly skipsLast?: boolean;
  /** Takes *stars* for formatting. */
  readonly formats?: boolean;
  /** Says nothing of interrupted replies at stop. */
  readonly stopsSilently?: boolean;
  /** Drops what is longer than this. */
  readonly cutsAt?: number;
}

interface Message {
  readonly id: string;
  readonly channel: string;
  /** Only this account sees it. */
  readonly only?: string;
  card: Card;
}

type Buttons = NonNullable<Card["actions"]>[number];

export function referenceDriver(faults: Faults = {}): PlatformDriver {
  return {
    platform: "web",
    start: (setup) => start(setup, faults),
  };
}

async function start({ clock, connect }: DriverSetup, faults: Faults): Promise<RunningPlatform> {
  const messages: Message[] = [];
  const dedupe = new Map<string, string>();
  let events = 0;
  let rooms = 0;

  let adapter = createAdapter();

  function put(channel: string, card: Card, only?: string): Message {
    const message: Message = { id: `m${messages.length}`, channel, card, ...(only && { only }) };
    messages.push(message);
    return message;
  }

  function createAdapter() {
    let dispatcher: Dispatcher | undefined;
    let stopping = false;
    const running = new Set<{ abort: () => void; done: Promise<void>; interrupt: () => void }>();

    async function run(
      prepared: Prepared,
      event: CommandEvent | ActionEvent,
      exchange: Exchange & Collected,
    ): Promise<void> {
      const { channel, account } = event;
      const whisper = (card: Card) => {
        exchange.whispered.push(put(channel.id, card, faults.leaks ? undefined : account.id));
      };
      if (prepared.kind === "refused") return whisper(prepared.card);
      const controller = new AbortController();
      let reply: Message | undefined;
      let interrupted = false;
      const work = (async () => {
        for await (const each of prepared.run(controller.signal)) {
          if (interrupted) return;
          if (each.kind === "modal") exchange.form = each.modal;
          else if (each.kind === "private") whisper(each.card);
          else if (each.kind === "update") {
            const pressed = messages.find(({ id }) => "message" in event && id === event.message?.id);
            if (pressed) pressed.card = each.card;
          } else if (prepared.visibility === "private") whisper(each.card);
          else if (!reply) {
            reply = put(channel.id, each.card);
            exchange.shown.push(reply);
          } else if (!faults.skipsLast) reply.card = each.card;
        }
      })();
      const entry = {
        abort: () => controller.abort(),
        done: work,
        interrupt: () => {
          interrupted = true;
          if (!reply || faults.stopsSilently) return;
          const note = { type: "text" as const, text: "Interrupted: Cloze is stopping." };
          reply.card = { ...reply.card, blocks: [...reply.card.blocks, note] };
        },
      };
      running.add(entry);
      await work.finally(() => running.delete(entry));
    }

    const self: Adapter & { take: typeof take; dispatcher: () => Dispatcher } = {
      platform: "web",
      capabilities: {
        privateReplies: true,
        modals: true,
        rooms: "web room",
        files: true,
        autocomplete: true,
        maxOptions: 100,
        editIntervalMs: 0,
      },
      messenger: {
        async post(channel, card, options) {
          const known = options?.dedupeKey && dedupe.get(options.dedupeKey);
          const id = known || put(channel.id, card).id;
          if (options?.dedupeKey) dedupe.set(options.dedupeKey, id);
          return { channel, id };
        },
        async update(message, card) {
          const found = messages.find(({ id }) => id === message.id);
          if (found) found.card = card;
        },
        direct: async (account, card) => ({
          channel: { platform: "web", id: `dm-${account.id}` },
          id: put(`dm-${account.id}`, card).id,
        }),
        openRoom: async () => ({ platform: "web", id: `room-${rooms++}` }),
      },
      dispatcher: () => dispatcher!,
      async start(given) {
        dispatcher = given;
      },
      async stop(graceMs) {
        stopping = true;
        const all = [...running];
        let cancel = () => {};
        const grace = new Promise<void>((resolve) => {
          cancel = clock.after(graceMs, resolve);
        });
        await Promise.race([Promise.all(all.map(({ done }) => done)), grace]);
        cancel();
        for (const { interrupt, abort } of running) {
          interrupt();
          abort();
        }
      },
      take,
    };

    function take(event: CommandEvent | ActionEvent): Promise<Exchange> {
      const exchange = collect(clock.now());
      if (stopping) return new Promise(() => {});
      const handled = (async () => {
        const prepared = await ("command" in event ? dispatcher!.command(event) : dispatcher!.action(event));
        exchange.ack(clock.now());
        await run(prepared, event, exchange);
      })();

      return faults.acksLate
        ? handled.then(() => {
            exchange.ack(clock.now() + 3_000);
            return exchange;
          })
        : exchange.acked.then(() => exchange);
    }
    return self;
  }

  interface Collected {
    readonly shown: Message[];
    readonly whispered: Message[];
    form: SeenModal | undefined;
    readonly acked: Promise<void>;
    ack(at: number): void;
  }
  function collect(begun: number): Exchange & Collected {
    let resolve = () => {};
    let ackedAt = begun;
    const acked = new Promise<void>((done) => {
      resolve = done;
    });
    const exchange: Exchange & Collected = {
      shown: [],
      whispered: [],
      form: undefined,
      acked,
      ack(at) {
        ackedAt = at;
        resolve();
      },
      get ackedAfterMs() {
        return ackedAt - begun;
      },
      messages: () => exchange.shown.map(see),
      privateMessages: () => exchange.whispered.map(see),
      modal: () => exchange.form,
    };
    return exchange;
  }

  function see({ id, channel, card }: Message): SeenMessage {
    const rows: readonly Buttons[] = card.actions ?? [];
    const select = rows.flatMap((row) => ("select" in row ? [row.select] : []))[0];
    const whole = inert(cardText(card));
    return {
      ref: { channel: { platform: "web", id: channel }, id },
      text: whole.slice(0, faults.cutsAt),
      pings: [],
      links: (card.links ?? []).map(({ link }) => link),
      formatted: faults.formats ? (whole.match(/\*(\w+)\*/g) ?? []) : [],
      buttons: rows.flatMap((row) =>
        "buttons" in row
          ? row.buttons.map(({ label, disabled }) => ({ label, disabled: disabled ?? false }))
          : [],
      ),
      ...(select && {
        select: {
          labels: select.choices.map(({ label }) => label),
          min: select.min ?? 1,
          max: select.max ?? 1,
        },
      }),
      files: card.blocks.flatMap((block) =>
        block.type === "picture"
          ? [{ name: block.fileName, alt: block.alt, bytes: block.png }]
          : block.type === "file"
            ? [{ name: block.fileName, alt: block.alt, bytes: block.bytes }]
            : [],
      ),
    };
  }

  function userOf(id: string, role: Role): PlatformUser {
    const account: Account = { platform: "web", id, displayName: id };
    const base = (channel: ChannelRef) => ({
      id: `e${events++}`,
      account,
      platformRole: role,
      channel,
      channelName: channel.id,
      direct: false,
      ...(channel.id.startsWith("room-") && { parentChannel: { platform: "web" as const, id: "c1" } }),
    });
    const action = (
      message: SeenMessage,
      rest: Pick<ActionEvent, "action" | "record"> & Partial<ActionEvent>,
    ) => adapter.take({ ...base(message.ref.channel), message: message.ref, ...rest });
    const rowsOf = (message: SeenMessage): readonly Buttons[] =>
      messages.find((each) => each.id === message.ref.id)?.card.actions ?? [];
    return {
      account,
      command: (command, options = {}, at = {}) =>
        adapter.take({ ...base(at.channel ?? { platform: "web", id: "c1" }), command, options }),
      async press(message, label) {
        const button = rowsOf(message)
          .flatMap((row) => ("buttons" in row ? row.buttons : []))
          .find((each) => each.label === label);
        if (!button) throw new Error(`There is no button "${label}".`);
        const { action: name, record, value } = button;
        return action(message, { action: name, record, ...(value !== undefined && { value }) });
      },
      pressRaw: (message, button) => action(message, button),
      async select(message, labels) {
        const select = rowsOf(message).flatMap((row) => ("select" in row ? [row.select] : []))[0]!;
        const values = select.choices.filter(({ label }) => labels.includes(label)).map(({ value }) => value);
        return action(message, { action: select.action, record: select.record, values });
      },
      async autocomplete(command, option, typed) {
        const event: CommandEvent = { ...base({ platform: "web", id: "c1" }), command, options: {} };
        return (await adapter.dispatcher().autocomplete(event, option, typed)).map(({ value }) => value);
      },
      submit(modal, fields) {
        const { action: name, record } = modal as SeenModal & { action: string; record: string };
        return adapter.take({ ...base({ platform: "web", id: "c1" }), action: name, record, fields });
      },
    };
  }

  await adapter.start(await connect(adapter));
  return {
    get adapter() {
      return adapter;
    },
    channel: { platform: "web", id: "c1" },
    otherChannel: { platform: "web", id: "c2" },
    asUser: (id, role = "student") => userOf(id, role),
    channelMessages: (channel) =>
      messages.filter((each) => each.channel === channel.id && each.only === undefined).map(see),
    directMessages: (account) => messages.filter(({ channel }) => channel === `dm-${account.id}`).map(see),
    offered: async () => [...adapter.dispatcher().services.commands.commands.keys()],
    async quiet() {
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    },
    async restart() {
      await adapter.stop(0);
      adapter = createAdapter();
      await adapter.start(await connect(adapter));
    },
    async stop() {
      await adapter.stop(0);
    },
  };
}

/** Without the marks that would reach beyond the text they stand in. */
function inert(text: string): string {
  return text.replace(/[\u200b-\u200d\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g, "");
}
