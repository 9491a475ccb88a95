import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { WireRoom } from "../wire.ts";
import { CommandAnswer } from "./command-answer.tsx";
import { ControlBank } from "./control-bank.tsx";
import { ControlNow } from "./control-now.tsx";
import { ControlPeople } from "./control-people.tsx";
import { ControlSpotlight } from "./control-spotlight.tsx";
import { LinkTo } from "./link-to.tsx";
import { useScreen } from "./screen-state.ts";
import { channels, connection, peopleHere } from "./state.ts";

const VIEWS = ["now", "spotlight", "questions", "results", "schedule", "people"] as const;
type View = (typeof VIEWS)[number];

const TITLE: Readonly<Record<View, string>> = {
  now: "Now",
  spotlight: "Spotlight",
  questions: "Questions",
  results: "Results",
  schedule: "Schedule",
  people: "People",
};

function viewOfAddress(): View {
  return VIEWS.find((view) => `#${view}` === location.hash) ?? "now";
}

/** The teacher's own screen: runs what the room's screen shows. The view is in the address. */
export function ControlPage({ room }: { readonly room: WireRoom }) {
  useScreen();
  const view = useSignal<View>(viewOfAddress());
  useEffect(() => {
    const read = () => {
      view.value = viewOfAddress();
    };
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const open = useComputed(() => channels.value.filter(({ kind }) => kind === "channel"));
  const chosen = useSignal("");
  const channel = chosen.value || (open.value[0]?.id ?? "");
  return (
    <div class="control">
      <header class="control-head">
        <h1>{room.courseName}</h1>
        <p class="here">
          <span class="here-dot" aria-hidden="true" />
          {peopleHere.value} here
          {connection.value === "lost" && " · no connection"}
        </p>
        <LinkTo path="/">Classroom</LinkTo>
        <a href="/screen" target="_blank" rel="noopener">
          Screen
        </a>
      </header>
      <nav class="control-views" aria-label="Views">
        {VIEWS.map((each) => (
          <a key={each} href={`#${each}`} {...(view.value === each ? { "aria-current": "page" } : {})}>
            {TITLE[each]}
          </a>
        ))}
      </nav>
      <main class="control-main">
        <h2 class="visually-hidden">{TITLE[view.value]}</h2>
        {open.value.length > 1 && view.value !== "now" && (
          <div class="field inline">
            <label for="control-channel">Channel</label>
            <select
              id="control-channel"
              value={channel}
              onChange={({ currentTarget }) => {
                chosen.value = currentTarget.value;
              }}
            >
              {open.value.map(({ id, name }) => (
                <option key={id} value={id}>
                  #{name}
                </option>
              ))}
            </select>
          </div>
        )}
        {channel !== "" && <ViewOf key={view.value} view={view.value} channel={channel} room={room} />}
      </main>
    </div>
  );
}

function ViewOf({
  view,
  channel,
  room,
}: {
  readonly view: View;
  readonly channel: string;
  readonly room: WireRoom;
}) {
  switch (view) {
    case "now":
      return <ControlNow />;
    case "spotlight":
      return <ControlSpotlight channel={channel} />;
    case "questions":
      return <ControlBank channel={channel} />;
    case "results":
      return (
        <>
          <CommandAnswer
            channel={channel}
            commands={room.commands}
            heading="Results"
            choices={[
              { label: "By question", command: "results", options: { by: "item" } },
              { label: "Every poll", command: "results", options: { by: "poll" } },
              { label: "By objective", command: "results", options: { by: "objective" } },
              { label: "By week", command: "results", options: { by: "week" } },
            ]}
          />
          <CommandAnswer
            channel={channel}
            commands={room.commands}
            heading="Exports"
            choices={[
              { label: "Timeline", command: "export timeline" },
              { label: "Participation", command: "export participation" },
              { label: "Canvas gradebook", command: "export canvas" },
              { label: "All answers", command: "export full" },
              { label: "Question bank as GIFT", command: "export gift" },
            ]}
          />
        </>
      );
    case "schedule":
      return (
        <CommandAnswer
          channel={channel}
          commands={room.commands}
          heading="Scheduled reviews"
          first
          choices={[{ label: "Show the schedule", command: "review list" }]}
          forms={[
            "review schedule",
            "review edit",
            "review skip",
            "review pause",
            "review resume",
            "review run",
          ]}
        />
      );
    case "people":
      return <ControlPeople channel={channel} commands={room.commands} />;
  }
}
