import { textCard } from "../../bot/cards/card.ts";
import { isCommand } from "../../bot/commands/command-text.ts";
import { formatCommand } from "../../bot/commands/format-command.ts";
import type { Choice } from "../../bot/commands/spec.ts";
import type { Dispatcher } from "../../bot/dispatcher.ts";
import { UserError } from "../../bot/errors.ts";
import type { CommandEvent } from "../../bot/invocation.ts";
import { createRateLimit } from "../../bot/rate-limit.ts";
import type { Classroom } from "./classroom.ts";
import { REMEMBERED_REQUESTS, REQUESTS_PER_MINUTE, SHOWN_CHARACTERS } from "./limits.ts";
import { accountOf, type Member, type Members } from "./members.ts";
import { readForm, readTyped } from "./read-event.ts";
import type { Running } from "./replies.ts";
import { checkSaid } from "./requests.ts";
import type {
  ActionRequest,
  CommandRequest,
  Outcome,
  SaidRequest,
  SuggestRequest,
  WireChannel,
  WireCommand,
} from "./wire.ts";

/** What people do in the classroom, once it is known who they are. Refusals are thrown or part of the outcome. */
export interface Conversation {
  say(member: Member, request: SaidRequest): Promise<Outcome>;
  command(member: Member, request: CommandRequest): Promise<Outcome>;
  act(member: Member, request: ActionRequest): Promise<Outcome>;
  suggest(member: Member, request: SuggestRequest): Promise<readonly Choice<string>[]>;
}

export function createConversation(
  dispatcher: Dispatcher,
  classroom: Classroom,
  members: Members,
  running: Running,
  commands: readonly WireCommand[],
): Conversation {
  const limit = createRateLimit(dispatcher.services.clock);
  const answered = new Map<string, Promise<Outcome>>();

  /** The same request sent again is answered again and not done again. */
  function once(
    member: Member,
    request: string,
    work: (key: string, channel: WireChannel) => Promise<Outcome>,
    channelId: string,
  ): Promise<Outcome> {
    const key = `request/${member.id}/${request}`;
    const earlier = answered.get(key);
    if (earlier) return earlier;
    // After a restart the message itself is the memory.
    const message = classroom.byKey(key);
    if (message) return Promise.resolve({ message: message.id });
    const outcome = Promise.resolve().then(() => {
      refuseHaste(member);
      return work(key, enter(channelId, member));
    });
    answered.set(key, outcome);
    outcome.catch(() => answered.delete(key));
    if (answered.size > REMEMBERED_REQUESTS) answered.delete(answered.keys().next().value!);
    return outcome;
  }

  function refuseHaste({ id }: Member): void {
    const full = limit.take([{ key: id, perMinute: REQUESTS_PER_MINUTE }]);
    if (!full) return;
    throw new UserError(
      "too-fast",
      `You sent ${REQUESTS_PER_MINUTE} things within a minute, the most that is taken. Again in ${Math.ceil(full.retryAfterMs / 1000)} s.`,
      { retryAfterMs: full.retryAfterMs },
    );
  }

  function enter(id: string, member: Member): WireChannel {
    const channel = classroom.channels.open(id, member.id);
    if (channel) return channel;
    throw new UserError("channel-closed", "This channel is not open to you, or it is gone.", { channel: id });
  }

  const mentionable = (member: Member) => ({
    members: members.all(),
    channels: classroom.channels.of(member.id),
  });

  function eventOf(member: Member, channel: WireChannel, id: string) {
    const parent = classroom.channels.parentOf(channel.id);
    return {
      ...(parent === undefined ? {} : { parentChannel: { platform: "web", id: parent } }),
      id,
      account: accountOf(member),
      platformRole: member.role,
      channel: { platform: "web", id: channel.id },
      channelName: channel.name,
      direct: channel.kind === "direct",
    } as const satisfies Omit<CommandEvent, "command" | "options">;
  }

  /** @param read Gives the command's name and raw options, or throws what is wrong with them. */
  async function dispatch(
    member: Member,
    channel: WireChannel,
    key: string,
    typed: string,
    read: () => { command: string; options: Record<string, unknown> },
  ): Promise<Outcome> {
    const asked = { by: personOf(member), channel: channel.id, command: typed, key };
    try {
      const prepared = await dispatcher.command({ ...eventOf(member, channel, key), ...read() });
      return running.answer(prepared, asked);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { code, message } = error;
      const card = textCard(message, { tone: "error" });
      return running.answer({ kind: "refused", card, error: { code, message, fault: false } }, asked);
    }
  }

  return {
    say: (member, { request, channel, text }) =>
      once(
        member,
        request,
        async (key, room) => {
          const said = checkSaid(text);
          const typed = said.trim();
          if (isCommand(typed)) {
            return dispatch(member, room, key, typed, () => readTyped(typed, commands, mentionable(member)));
          }
          // "//" writes a message that begins with a slash.
          const words = said.startsWith("//") ? said.slice(1) : said;
          const { message, saved } = classroom.add({
            channel: room.id,
            author: personOf(member),
            text: words,
            key,
            state: "done",
          });
          await saved;
          return { message: message.id };
        },
        channel,
      ),
    command: (member, { request, channel, command, options }) =>
      once(
        member,
        request,
        async (key, room) => {
          const spec = commands.find(({ name }) => name === command);
          const shown = spec ? withoutFiles(spec, options) : options;
          return dispatch(member, room, key, formatCommand(command, shown), () => ({
            command,
            options: spec ? readForm(spec, options, mentionable(member)) : options,
          }));
        },
        channel,
      ),
    act: (member, request) =>
      once(
        member,
        request.request,
        async (key, room) => {
          const { message, action, record, value, values, fields } = request;
          const pressed = message === undefined ? undefined : classroom.message(message);
          const usable = pressed && pressed.channel === room.id && classroom.maySee(pressed, member.id);
          if (message !== undefined && !usable) {
            throw new UserError("message-gone", "The message with this button is gone. Ask for it anew.");
          }
          const prepared = await dispatcher.action({
            ...eventOf(member, room, key),
            action,
            record,
            ...(value === undefined ? {} : { value }),
            ...(values === undefined ? {} : { values }),
            ...(fields === undefined ? {} : { fields }),
            ...(pressed ? { message: { channel: { platform: "web", id: room.id }, id: pressed.id } } : {}),
          });
          return running.answer(prepared, {
            by: personOf(member),
            channel: room.id,
            pressed: { action, ...(pressed ? { message: pressed.id } : {}) },
          });
        },
        request.channel,
      ),
    async suggest(member, { channel, command, option, typed }) {
      const spec = commands.find(({ name }) => name === command);
      const wanted = spec?.options.find(({ name }) => name === option);
      if (wanted?.type === "user") return matching(members.all(), typed, "@");
      if (wanted?.type === "channel") return matching(classroom.channels.of(member.id), typed, "#");
      const room = enter(channel, member);
      const event = { ...eventOf(member, room, `suggest/${member.id}`), command, options: {} };
      return dispatcher.autocomplete(event, option, typed);
    },
  };
}

/** The options as they are shown to others: of a file's text only how long it is. */
function withoutFiles(
  { options }: WireCommand,
  given: CommandRequest["options"],
): Readonly<Record<string, string>> {
  const isFile = (name: string) => options.some((option) => option.name === name && option.file);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (!isFile(name) || value.length <= SHOWN_CHARACTERS) return [name, value];
      return [name, `(${value.length.toLocaleString("en")} characters)`];
    }),
  );
}

function matching(
  named: readonly { id: string; name: string }[],
  typed: string,
  mark: "@" | "#",
): Choice<string>[] {
  const begin = typed.toLowerCase().replace(mark, "");
  return named
    .filter(({ name }) => name.toLowerCase().includes(begin))
    .slice(0, 25)
    .map(({ name }) => ({ name: mark + name, value: mark + name }));
}

export function personOf({ id, name, role }: Member) {
  return { id, name, role };
}
