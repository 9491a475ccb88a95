import type { WireActivity, WireScreen } from "../wire.ts";
import { CardView } from "./card.tsx";
import { CardActions } from "./card-actions.tsx";
import { Body } from "./message.tsx";
import { activityOnScreen, screen, screenProblem, serverNow, show, timeLeft } from "./screen-state.ts";
import { answersTo, messageSignal } from "./state.ts";
import { closed } from "./text.tsx";

/** What is on, with the buttons that run it. */
export function ControlNow() {
  const state = screen.value;
  if (!state) return <p role="status">{screenProblem.value || "One moment …"}</p>;
  const current = activityOnScreen(state);
  return (
    <>
      <OnScreen state={state} current={current} />
      {state.activities.length === 0 && (
        <p class="nothing">
          Nothing is on. <a href="#questions">Choose a question</a>, or type <code>/poll</code>,{" "}
          <code>/quiz</code>, <code>/think-pair-share</code> or <code>/vote-next</code> in the classroom.
        </p>
      )}
      <ul class="control-activities">
        {state.activities.map((activity) => (
          <Activity key={activity.id} activity={activity} isShown={activity.id === current?.id} />
        ))}
      </ul>
    </>
  );
}

function OnScreen({ state, current }: { state: WireScreen; current: WireActivity | undefined }) {
  const { on } = state.shown;
  const words = on === "message" ? "a message" : current ? `“${current.question}”` : "the join code";
  return (
    <section class="on-screen" aria-label="On the screen">
      <p dir="auto">
        On the screen: <b>{closed(words)}</b>
        {on === "auto" && " (the newest activity)"}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="button secondary"
          aria-pressed={on === "auto"}
          onClick={() => void show({ on: "auto" })}
        >
          Newest activity
        </button>
        <button
          type="button"
          class="button secondary"
          aria-pressed={on === "join"}
          onClick={() => void show({ on: "join" })}
        >
          Join code
        </button>
      </div>
    </section>
  );
}

function Activity({ activity, isShown }: { activity: WireActivity; isShown: boolean }) {
  const { id, card, question, answers, running, endsAt, controls, channel, message } = activity;
  return (
    <li class={`activity${isShown ? " shown" : ""}`}>
      <h3 dir="auto">{closed(question)}</h3>
      <p class="activity-state">
        <span>{closed(card.title ?? "")}</span>
        <span>
          <b>{answers}</b> {answers === 1 ? "answer" : "answers"}
        </span>
        <span>
          {!running ? "closed" : endsAt === undefined ? "open" : `${timeLeft(endsAt, serverNow.value)} left`}
        </span>
        {isShown && <span class="tag">on the screen</span>}
      </p>
      <CardActions
        rows={[{ buttons: controls }]}
        channel={channel}
        {...(message === undefined ? {} : { message })}
      />
      <div class="buttons">
        {!isShown && (
          <button type="button" class="button secondary" onClick={() => void show({ on: "activity", id })}>
            Show on the screen
          </button>
        )}
      </div>
      {message !== undefined && <Answers message={message} />}
      <details>
        <summary>What everybody sees</summary>
        <CardView card={card} channel={channel} message={message ?? ""} working={false} />
      </details>
    </li>
  );
}

/** What the buttons answered, to this person alone. */
function Answers({ message }: { readonly message: string }) {
  const own = answersTo(message).value;
  if (own.length === 0) return null;
  return (
    <ul class="answers" aria-label="Only you see this">
      {own.map((id) => (
        <li key={id}>
          <Body message={messageSignal(id).value} />
        </li>
      ))}
    </ul>
  );
}
