import type { WireMessage } from "../wire.ts";
import { Body } from "./message.tsx";
import { screen, show } from "./screen-state.ts";
import { messageSignal, messagesOf } from "./state.ts";
import { closed } from "./text.tsx";

/** How many of a channel's messages can be chosen. */
const MOST = 15;

/** Puts a message of the channel on the room's screen: a demonstration, an answer, somebody's words. */
export function ControlSpotlight({ channel }: { readonly channel: string }) {
  const open = messagesOf(channel)
    .value.map((id) => messageSignal(id).value)
    .filter((message) => !message.private)
    .slice(-MOST)
    .reverse();
  if (open.length === 0) return <p class="nothing">Nothing has been said in this channel yet.</p>;
  return (
    <ul class="spotlights">
      {open.map((message) => (
        <Choice key={message.id} message={message} />
      ))}
    </ul>
  );
}

function Choice({ message }: { readonly message: WireMessage }) {
  const { id, author, asked, card } = message;
  const shown = screen.value?.shown;
  const isShown = shown?.on === "message" && shown.id === id;
  const name = author?.name ?? card?.title ?? "Cloze";
  return (
    <li class={isShown ? "shown" : undefined}>
      <p class="spotlight-head">
        <b>{closed(name)}</b>
        {asked?.command !== undefined && <code>{closed(asked.command)}</code>}
        <button
          type="button"
          class="button secondary"
          aria-pressed={isShown}
          onClick={() => void show(isShown ? { on: "auto" } : { on: "message", id })}
        >
          {isShown ? "Take off the screen" : "Show on the screen"}
        </button>
      </p>
      <details>
        <summary>Look at it</summary>
        <Body message={message} />
      </details>
    </li>
  );
}
