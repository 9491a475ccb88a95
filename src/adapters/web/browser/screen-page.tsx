import { useLayoutEffect, useRef } from "preact/hooks";
import type { WireActivity, WireMessage, WireRoom, WireScreen } from "../wire.ts";
import { CardView } from "./card.tsx";
import { activityOnScreen, screen, screenProblem, serverNow, timeLeft, useScreen } from "./screen-state.ts";
import { Mark } from "./sidebar.tsx";
import { connection, knownMessage, peopleHere } from "./state.ts";
import { closed } from "./text.tsx";

/** What a teacher projects: the way in, the activity that is on, or a message that was put into the light. */
export function ScreenPage({ room: { courseName } }: { readonly room: WireRoom }) {
  useScreen();
  const state = screen.value;
  if (!state) return <p class="page-problem">{screenProblem.value}</p>;
  const activity = activityOnScreen(state);
  const message = state.shown.on === "message" ? state.message : undefined;
  const isJoin = !activity && !message;
  return (
    <div class="screen">
      <header class="screen-head">
        <h1>
          <Mark />
          {courseName}
        </h1>
        {!isJoin && (
          <p class="screen-join">
            {hostOf(state.link)} <b>{state.code}</b>
          </p>
        )}
        <button type="button" class="button secondary" onClick={() => void fullScreen()}>
          Full screen
        </button>
      </header>
      {message ? (
        <Spotlight message={knownMessage(message.id)?.value ?? message} />
      ) : activity ? (
        <ActivityView activity={activity} />
      ) : (
        <WayIn state={state} />
      )}
      <footer class="screen-foot">
        {activity && (
          <p class="screen-count">
            <b>{activity.answers}</b> {activity.answers === 1 ? "answer" : "answers"}
          </p>
        )}
        <p>{peopleHere.value} here</p>
        {connection.value === "lost" && <p class="screen-lost">No connection. Trying again …</p>}
      </footer>
    </div>
  );
}

function WayIn({ state: { link, code } }: { readonly state: WireScreen }) {
  return (
    <main class="screen-body way-in">
      <img src="/api/invitation.svg" alt={`QR code of ${link}`} width="280" height="280" />
      <div>
        <p>Scan, or open</p>
        <p class="big-address">{hostOf(link)}</p>
        <p>and type the code</p>
        <p class="big-code">{code}</p>
      </div>
    </main>
  );
}

function ActivityView({ activity }: { readonly activity: WireActivity }) {
  const { card, choices, endsAt, running, id } = activity;
  const fitted = useFit<HTMLElement>([id, card, choices.length]);
  return (
    <main class="screen-body">
      <div class="screen-title">
        <h2 dir="auto">{closed(card.title ?? "")}</h2>
        {running && endsAt !== undefined && <Timer endsAt={endsAt} />}
        {!running && <p class="screen-over">closed</p>}
      </div>
      <section class="screen-content" aria-label="Activity" ref={fitted} tabIndex={-1}>
        <CardView card={withoutTitle(card)} channel="" message="" working={false} />
        {choices.length > 0 && (
          <ul class="screen-choices">
            {choices.map((choice) => (
              <li key={choice} dir="auto">
                {closed(choice)}
              </li>
            ))}
          </ul>
        )}
      </section>
    </main>
  );
}

function withoutTitle({ title: _, ...card }: WireActivity["card"]): WireActivity["card"] {
  return card;
}

/** Time is nearly up. */
const HURRY_MS = 10_000;

function Timer({ endsAt }: { readonly endsAt: number }) {
  const now = serverNow.value;
  return (
    <p class={`screen-timer${endsAt - now < HURRY_MS ? " hurry" : ""}`} role="timer" aria-label="Time left">
      {timeLeft(endsAt, now)}
    </p>
  );
}

function Spotlight({ message }: { readonly message: WireMessage }) {
  const { author, asked, text, card, state, channel, id } = message;
  const fitted = useFit<HTMLElement>([message]);
  return (
    <main class="screen-body">
      <div class="screen-title">
        <h2 dir="auto">
          {author ? closed(author.name) : closed(card?.title ?? "Cloze")}
          {asked?.command !== undefined && (
            <span class="screen-asked">
              <bdi>{asked.by.name}</bdi> <code>{closed(asked.command)}</code>
            </span>
          )}
        </h2>
      </div>
      <section class="screen-content" aria-label="Message" ref={fitted} tabIndex={-1}>
        {text !== undefined && (
          <p class="screen-said" dir="auto">
            {closed(text)}
          </p>
        )}
        {card && <CardView card={shown(card)} channel={channel} message={id} working={state === "working"} />}
      </section>
    </main>
  );
}

/** Nobody presses buttons on a wall. */
function shown({ actions: _, links: __, title: ___, ...card }: NonNullable<WireMessage["card"]>) {
  return card;
}

/** Largest first, in multiples of the page's letters. */
const SIZES = [1.9, 1.6, 1.4, 1.2, 1.05, 0.9, 0.8];

/** Gives an element the largest letters with which its content still fits; what is too long even so scrolls. */
function useFit<E extends HTMLElement>(content: readonly unknown[]) {
  const box = useRef<E>(null);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    const enlarge = () => {
      for (const size of SIZES) {
        current.style.fontSize = `${size}rem`;
        if (current.scrollHeight <= current.clientHeight && current.scrollWidth <= current.clientWidth)
          return;
      }
    };
    enlarge();
    const observer = new ResizeObserver(enlarge);
    observer.observe(current);
    return () => observer.disconnect();
  }, content);
  return box;
}

function hostOf(link: string): string {
  return link.replace(/^https?:\/\//, "").replace(/\/join#.*/, "");
}

async function fullScreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}
