import type { Action, ActionInvocation } from "./actions.ts";
import type { Card } from "./cards/card.ts";
import { textCard } from "./cards/card.ts";
import { parseOptions } from "./commands/parse-options.ts";
import type { AckPolicy, AnyCommand, Choice, Invocation } from "./commands/spec.ts";
import { optionName } from "./commands/spec.ts";
import { unknownCommand } from "./commands/unknown-command.ts";
import type { Context, Services } from "./context.ts";
import type { Course } from "./course/courses.ts";
import { askedBy } from "./engine-turns.ts";
import { UserError } from "./errors.ts";
import { failureReply } from "./failure-card.ts";
import type { ActionEvent, CommandEvent, Person, Place, Replies, ReplyError, Role } from "./invocation.ts";
import { locate } from "./locate.ts";
import { atLeast, roleInWords } from "./people/roles.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";
import { guardMessages, guardOutput, type OutputGuard } from "./word-list/guard-output.ts";

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
/** Platforms wait 3 seconds for suggestions. */
const SUGGESTIONS_MS = 2_500;

export function createDispatcher(given: Services): Dispatcher {
  const services = { ...given, messenger: guardMessages(given.messenger, given.courses) };
  const limit = createRateLimit(services.clock);
  const { commands, actions } = services.commands;

  async function prepare(
    event: CommandEvent | ActionEvent,
    item: AnyCommand | Action,
    start: (person: Person, place: Place) => { ack: AckPolicy; replies: (context: Context) => Replies },
  ): Promise<Prepared> {
    // Whatever is logged on the way of this request can be found by its id.
    const log = services.log.child({
      request: event.id,
      does: "command" in event ? event.command : event.action,
      platform: event.account.platform,
    });
    const own = { ...services, log };
    try {
      const { person, place, course } = await locate(own, event);
      requireRole(item, person);
      const { ack, replies } = start(person, place);
      if (item.costly && !("isCounted" in event && event.isCounted)) countUse(limit, course, person, place);
      const output = guardOutput(services.engine, course, person);
      return {
        kind: "ready",
        ack,
        visibility: item.visibility ?? "private",
        run: (signal) => {
          const context = { ...own, engine: askedBy(output.engine, person.id), signal };
          return guarded(() => replies(context), output, own, signal);
        },
      };
    } catch (error) {
      const refused = failureOf(error, own);
      log.debug({ code: refused.error.code }, "refused");
      return { kind: "refused", ...refused };
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
        const { person } = await locate(services, event);
        requireRole(commands.get(event.command)!, person);
        const found = await inTime<Choice<string>>(services, (signal) =>
          spec.autocomplete!(typed, { ...services, signal }),
        );
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
  const { platform, id } = place.channel;
  const refused = limit.take([
    { key: `person/${person.id}`, perMinute: course.limits.perPersonPerMinute, who: "you have" },
    {
      key: `channel/${platform}/${id}`,
      perMinute: course.limits.perChannelPerMinute,
      who: "this channel has",
    },
  ]);
  if (!refused) return;
  const { usedUp, retryAfterMs } = refused;
  throw new UserError(
    "rate-limited",
    `That was much at once: ${usedUp.who} used up this minute's model work. Again in ${Math.ceil(retryAfterMs / 1000)} s.`,
    { retryAfterMs },
  );
}

/** Nothing is suggested when the suggestions come too late. */
async function inTime<T>(
  { clock }: Services,
  find: (signal: AbortSignal) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const controller = new AbortController();
  let cancel = () => {};
  const late = new Promise<readonly T[]>((resolve) => {
    cancel = clock.after(SUGGESTIONS_MS, () => {
      controller.abort();
      resolve([]);
    });
  });
  try {
    return await Promise.race([find(controller.signal), late]);
  } finally {
    cancel();
  }
}

function failureOf(error: unknown, services: Services): { card: Card; error: ReplyError } {
  const reply = failureReply(error, services.log);
  const card = "card" in reply ? reply.card : textCard(reply.error.message, { tone: "error" });
  return { card, error: reply.error };
}

async function* guarded(
  replies: () => Replies,
  output: OutputGuard,
  services: Services,
  signal: AbortSignal,
): Replies {
  const { clock, log } = services;
  const startedAt = clock.now();
  let shown: Card | undefined;
  let code = "ok";
  try {
    for await (const reply of replies()) {
      const checked = output.check(reply);
      if (checked.kind === "message") shown = checked.card;
      yield checked;
    }
  } catch (error) {
    const failure = failureReply(signal.aborted ? interrupted() : error, log, shown);
    code = failure.error.code;
    yield output.check(failure);
  } finally {
    log.debug({ ms: clock.now() - startedAt, code }, "answered");
  }
}

/** Whatever a handler throws once it has been told to stop is no fault. */
function interrupted(): UserError {
  return new UserError("interrupted", "This was stopped before it was finished. Ask again.");
}
