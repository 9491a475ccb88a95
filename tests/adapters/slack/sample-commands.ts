/** Small commands and actions whose replies a test controls. */
import type { Action } from "../../../src/bot/actions.ts";
import { type Card, textCard } from "../../../src/bot/cards/card.ts";
import {
  type AnyCommand,
  type CommandSpec,
  defineCommand,
  type Invocation,
} from "../../../src/bot/commands/spec.ts";
import type { Context } from "../../../src/bot/context.ts";
import type { Replies, Reply } from "../../../src/bot/invocation.ts";

/** Says back what it was given. */
export const echo = defineCommand({
  name: "echo",
  description: "Says it back",
  options: {
    text: {
      type: "string",
      main: true,
      required: true,
      maxLength: 6000,
      multiline: true,
      description: "What to say",
    },
    times: { type: "integer", min: 1, max: 3, default: 1, description: "How often" },
    share: { type: "number", min: 0, aboveMin: true, max: 1, description: "A share" },
    loud: { type: "boolean", default: false, description: "In capitals" },
    style: {
      type: "string",
      choices: [
        { name: "plain style", value: "plain" },
        { name: "bold style", value: "bold" },
      ],
      default: "plain",
      description: "How it looks",
    },
    model: {
      type: "string",
      description: "Which model",
      autocomplete: async (typed) =>
        ["smol", "small", "large"].filter((m) => m.startsWith(typed)).map((m) => ({ name: m, value: m })),
    },
    to: { type: "user", description: "Whom it is for" },
    where: { type: "channel", description: "Where it belongs" },
    secret: { type: "string", advanced: true, description: "Rarely needed" },
  },
  examples: ["/echo hello"],
  ack: "deferred",
  visibility: "channel",
  contextMenu: "Echo this message",
  async *run({ options, person }) {
    const { text, times, loud, style, to, where, share, model, secret } = options;
    const said = Array<string>(times)
      .fill(loud ? text.toUpperCase() : text)
      .join(" ");
    const facts = {
      style,
      to: to?.displayName,
      where: where?.id,
      share,
      model,
      secret,
      by: person.displayName,
      role: person.role,
    };
    yield {
      kind: "message",
      card: textCard(said, { footer: JSON.stringify(facts) }),
    };
  },
});

/** A handler that a test feeds: each `send` is one reply; `end` and `fail` finish it. */
export interface Feed {
  send(reply: Reply | Card): void;
  end(): void;
  fail(error: Error): void;
  /** Aborted when nobody waits for the reply any more. */
  signal(): AbortSignal | undefined;
  readonly run: (invocation: unknown, context: Context) => Replies;
}

export function feed(): Feed {
  const queue: (Reply | Error | undefined)[] = [];
  let wake = () => {};
  let signal: AbortSignal | undefined;
  const push = (item: Reply | Error | undefined) => {
    queue.push(item);
    wake();
  };
  return {
    send: (reply) => push("kind" in reply ? reply : { kind: "message", card: reply }),
    end: () => push(undefined),
    fail: push,
    signal: () => signal,
    async *run(_invocation, context) {
      signal = context.signal;
      for (;;) {
        while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const item = queue.shift();
        if (item === undefined) return;
        if (item instanceof Error) throw item;
        yield item;
      }
    },
  };
}

export function fedCommand(source: Feed, over: Partial<Omit<CommandSpec, "options">> = {}): AnyCommand {
  return defineCommand({
    name: "slow",
    description: "Takes its time",
    options: {},
    examples: ["/slow"],
    ack: "deferred",
    visibility: "channel",
    ...over,
    run: (invocation: Invocation, context) => source.run(invocation, context),
  });
}

export function fedAction(source: Feed, over: Partial<Action> = {}): Action {
  return { name: "test.go", ...over, run: (invocation, context) => source.run(invocation, context) };
}

/** A card with one button that leads to `test.go`. */
export function buttonCard(text: string, value?: string): Card {
  return textCard(text, {
    actions: [
      { buttons: [{ label: "Go", action: "test.go", record: "r1", ...(value !== undefined && { value }) }] },
    ],
  });
}
