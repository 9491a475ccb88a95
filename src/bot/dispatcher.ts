import type { Action, ActionInvocation } from "./actions.ts";
import type { Card } from "./cards/card.ts";
import { textCard } from "./cards/card.ts";
import { parseOptions } from "./commands/parse-options.ts";
import type { AckPolicy, AnyCommand, Choice, Invocation } from "./commands/spec.ts";
import { optionName } from "./commands/spec.ts";
import { unknownCommand } from "./commands/unknown-command.ts";
import type { Context, Services } from "./context.ts";
import type { Course } from "./course/courses.ts";
import { UserError } from "./errors.ts";
import { failureReply } from "./failure-card.ts";
import type { ActionEvent, CommandEvent, Person, Place, Replies, ReplyError, Role } from "./invocation.ts";
import { locate } from "./locate.ts";
import { atLeast, roleInWords } from "./people/roles.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";

/**
 * The answer to "may this run, and how must it be acknowledged": known within milliseconds, before any model
 * works. `run` starts the handler; it never throws: failures become replies.
 */
export type Prepared =
  | { readonly kind: "refused"; readonly card: Card; readonly error: ReplyError }
  | {
      readonly kind: "ready";
      readonly ack: AckPolicy;
      readonly visibility: "channel" | "private";
      /** @param signal Aborted when the reply can no longer be shown. */
      readonly run: (signal: AbortSignal) => Replies;
    };

export interface Dispatcher {
  readonly services: Services;
  command(event: CommandEvent): Promise<Prepared>;
  action(event: ActionEvent): Promise<Prepared>;
  /** @param option As people write it (kebab-case). Never throws: no suggestions instead. */
  autocomplete(event: CommandEvent, option: string, typed: string): Promise<readonly Choice<string>[]>;
}

const ROLE_NAME: Record<Role, string> = {
  student: "students",
  assistant: "teaching assistants",
  teacher: "the teacher",
};
const MOST_SUGGESTIONS = 25;

export function createDispatcher(services: Services): Dispatcher {
  const limit = createRateLimit(services.clock);
  const { commands, actions } = services.commands;

  async function prepare(
    event: CommandEvent | ActionEvent,
    item: AnyCommand | Action,
    start: (person: Person, place: Place) => { ack: AckPolicy; replies: (context: Context) => Replies },
  ): Promise<Prepared> {
    try {
      const { person, place, course } = await locate(services, event);
      requireRole(item, person);
      const { ack, replies } = start(person, place);
      if (item.costly) countUse(limit, course, person, place);
      return {
        kind: "ready",
        ack,
        visibility: item.visibility ?? "private",
        run: (signal) => guarded(replies({ ...services, signal }), services),
      };
    } catch (error) {
      return { kind: "refused", ...failureOf(error, services) };
    }
  }

  return {
    services,
    async command(event) {
      const command = commands.get(event.command);
      if (!command)
        return { kind: "refused", ...failureOf(unknownCommand(event.command, commands), services) };
      return prepare(event, command, (person, place) => {
        const excuse = command.unavailable?.[event.account.platform];
        if (excuse) throw new UserError("command-unavailable", excuse);
        const options = parseOptions(command.options, event.options) as Invocation["options"];
        const invocation = { id: event.id, options, person, place };
        return { ack: command.ack, replies: (context) => command.run(invocation, context) };
      });
    },
    async action(event) {
      const action = actions.get(event.action);
      if (!action) {
        const error = new UserError(
          "action-unknown",
          "This button belongs to another version of Cloze and does nothing any more. Ask for the message anew.",
        );
        return { kind: "refused", ...failureOf(error, services) };
      }
      return prepare(event, action, (person, place) => {
        const { id, record, value, values, fields, message } = event;
        const invocation: ActionInvocation = { id, record, value, values, fields, message, person, place };
        return {
          ack: action.opensModal ? "modal" : "deferred",
          replies: (context) => action.run(invocation, context),
        };
      });
    },
    async autocomplete(event, option, typed) {
      try {
        const specs = commands.get(event.command)?.options ?? {};
        const key = Object.keys(specs).find((candidate) => optionName(candidate) === option);
        const spec = key === undefined ? undefined : specs[key];
        if (spec?.type !== "string" || !spec.autocomplete) return [];
        await locate(services, event);
        const found = await spec.autocomplete(typed, { ...services, signal: AbortSignal.timeout(2_500) });
        return found.slice(0, MOST_SUGGESTIONS);
      } catch (error) {
        services.log.warn({ err: error, command: event.command, option }, "autocompletion failed");
        return [];
      }
    },
  };
}

function requireRole(item: AnyCommand | Action, person: Person): void {
  const needed = item.role ?? "student";
  if (atLeast(person.role, needed)) return;
  throw new UserError(
    "role-needed",
    `This is for ${ROLE_NAME[needed]}; you are here as ${roleInWords(person.role)}.`,
    {
      needed,
      role: person.role,
    },
  );
}

function countUse(limit: RateLimit, course: Course, person: Person, place: Place): void {
  const waits: [number, string][] = [
    [limit.take(`person/${person.id}`, course.limits.perPersonPerMinute), "you have"],
    [
      limit.take(`channel/${place.channel.platform}/${place.channel.id}`, course.limits.perChannelPerMinute),
      "this channel has",
    ],
  ];
  for (const [waitMs, who] of waits) {
    if (waitMs === 0) continue;
    const seconds = Math.ceil(waitMs / 1000);
    throw new UserError(
      "rate-limited",
      `That was much at once: ${who} used up this minute's model work. Again in ${seconds} s.`,
      {
        retryAfterMs: waitMs,
      },
    );
  }
}

function failureOf(error: unknown, services: Services): { card: Card; error: ReplyError } {
  const reply = failureReply(error, services.log);
  const card = "card" in reply ? reply.card : textCard(reply.error.message, { tone: "error" });
  return { card, error: reply.error };
}

async function* guarded(replies: Replies, services: Services): Replies {
  let shown: Card | undefined;
  try {
    for await (const reply of replies) {
      if (reply.kind === "message") shown = reply.card;
      yield reply;
    }
  } catch (error) {
    yield failureReply(error, services.log, shown);
  }
}
