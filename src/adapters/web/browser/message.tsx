import type { WireMessage, WirePerson } from "../wire.ts";
import { call } from "./api.ts";
import { CardView } from "./card.tsx";
import { announcement, answersTo, messageSignal, room } from "./state.ts";
import { closed } from "./text.tsx";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
/** Messages of one author within this time stand under one name. */
const TOGETHER_MS = 5 * 60_000;

export function MessageView({ id, before }: { readonly id: string; readonly before: string | undefined }) {
  const message = messageSignal(id).value;
  const earlier = before === undefined ? undefined : messageSignal(before).value;
  const newDay = !earlier || day.format(earlier.postedAt) !== day.format(message.postedAt);
  const follows = !newDay && earlier !== undefined && together(earlier, message);
  return (
    <>
      {newDay && (
        <li class="day">
          <span>{day.format(message.postedAt)}</span>
        </li>
      )}
      <li class={`message${follows ? " follows" : ""}${message.private ? " private" : ""}`} data-id={id}>
        {!follows && <Head message={message} />}
        <Body message={message} />
        <Answers id={id} />
      </li>
    </>
  );
}

function together(a: WireMessage, b: WireMessage): boolean {
  return (
    b.author !== undefined &&
    a.author?.id === b.author.id &&
    !a.private &&
    !b.private &&
    b.postedAt - a.postedAt < TOGETHER_MS
  );
}

function Head({ message: { author, asked, postedAt } }: { readonly message: WireMessage }) {
  return (
    <header>
      {author ? <Person person={author} /> : <span class="cloze-name">Cloze</span>}
      <time dateTime={new Date(postedAt).toISOString()}>{clock.format(postedAt)}</time>
      {asked?.command !== undefined && (
        <p class="asked" dir="auto">
          <bdi>{asked.by.name}</bdi> <code>{closed(asked.command)}</code>
        </p>
      )}
    </header>
  );
}

function Person({ person: { name, role } }: { readonly person: WirePerson }) {
  return (
    <span class="name">
      <bdi>{name}</bdi>
      {role !== "student" && <span class="role">{role}</span>}
    </span>
  );
}

export function Body({ message }: { readonly message: WireMessage }) {
  const { id, channel, text, card, state } = message;
  return (
    <div class="body">
      {message.private && (
        <p class="only-you">
          Only you see this
          <button type="button" class="plain" onClick={() => void dismiss(id)}>
            Dismiss
          </button>
        </p>
      )}
      {text !== undefined && (
        <p class="said" dir="auto">
          {closed(text)}
        </p>
      )}
      {card && <CardView card={card} channel={channel} message={id} working={state === "working"} />}
      {state === "working" && <Working message={message} />}
      {state === "stopped" && <p class="state">Stopped</p>}
    </div>
  );
}

function Working({ message: { id, asked, card } }: { readonly message: WireMessage }) {
  const own = room.value;
  const me = typeof own === "object" ? own.me : undefined;
  const mayStop = me && (asked?.by.id === me.id || me.role === "teacher");
  return (
    <p class="state working">
      <span class="dots" aria-hidden="true" />
      <span>{card ? "Writing" : "Working on it"}</span>
      {mayStop && (
        <button type="button" class="plain" onClick={() => void stop(id)}>
          Stop
        </button>
      )}
    </p>
  );
}

async function stop(id: string): Promise<void> {
  await tell(call("POST", `/api/messages/${id}/stop`, {}));
}

async function dismiss(id: string): Promise<void> {
  await tell(call("POST", `/api/messages/${id}/dismiss`, {}));
}

async function tell(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    announcement.value = error instanceof Error ? error.message : String(error);
  }
}

function Answers({ id }: { readonly id: string }) {
  const answers = answersTo(id).value;
  if (answers.length === 0) return null;
  return (
    <ul class="answers">
      {answers.map((answer) => (
        <Answer key={answer} id={answer} />
      ))}
    </ul>
  );
}

function Answer({ id }: { readonly id: string }) {
  const message = messageSignal(id).value;
  return (
    <li class={`message${message.private ? " private" : ""}`} data-id={id}>
      <Body message={message} />
    </li>
  );
}
