import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { WireRoom } from "../wire.ts";
import { Composer } from "./composer.tsx";
import { Dialog } from "./dialog.tsx";
import { JoinPage } from "./join-page.tsx";
import { ModalDialog } from "./modal-dialog.tsx";
import { page } from "./route.ts";
import { Sidebar } from "./sidebar.tsx";
import { announcement, connection, current, outdated, room, unread } from "./state.ts";
import { Timeline } from "./timeline.tsx";

export function App({ linkKey }: { readonly linkKey: string }) {
  const here = room.value;
  if (here === "asking") {
    return connection.value === "lost" ? (
      <main class="join">
        <p role="status">The classroom can't be reached. Trying again …</p>
      </main>
    ) : null;
  }
  if (here === "outside") return <JoinPage linkKey={linkKey} />;
  if (page.value === "classroom") return <Classroom room={here} />;
  return <OtherPage room={here} />;
}

type PageView = (props: { readonly room: WireRoom }) => ComponentChildren;

/** Pages that not everybody opens are loaded when they are. */
const LOAD: Readonly<Record<Exclude<typeof page.value, "classroom">, () => Promise<PageView>>> = {
  screen: async () => (await import("./screen-page.tsx")).ScreenPage,
  playground: async () => (await import("./playground/playground-page.tsx")).PlaygroundPage,
  control: async () => (await import("./control-page.tsx")).ControlPage,
};

function OtherPage({ room: here }: { readonly room: WireRoom }) {
  const name = page.value;
  const loaded = useSignal<{ name: string; View: PageView } | undefined>(undefined);
  const problem = useSignal("");
  useEffect(() => {
    if (name === "classroom") return;
    LOAD[name]().then(
      (View) => {
        loaded.value = { name, View };
      },
      () => {
        problem.value = "The page could not be loaded. Reload it.";
      },
    );
  }, [name]);
  if (name !== "playground" && here.me.role === "student") {
    return (
      <main class="join">
        <p role="alert">
          This page is for teachers and teaching assistants. <a href="/">Go to the classroom</a>
        </p>
      </main>
    );
  }
  if (loaded.value?.name !== name) return <p class="page-problem">{problem.value}</p>;
  const { View } = loaded.value;
  return (
    <>
      <View room={here} />
      <ModalDialog />
      <Announcements />
    </>
  );
}

function Classroom({ room: here }: { readonly room: WireRoom }) {
  const drawer = useSignal(false);
  const channel = current.value;
  const elsewhere = [...unread.value.values()].reduce((sum, count) => sum + count, 0);
  return (
    <div class="classroom">
      <aside class="side">
        <Sidebar room={here} />
      </aside>
      <main class="main">
        <header class="channel-head">
          <button
            type="button"
            class="button secondary menu"
            aria-haspopup="dialog"
            onClick={() => {
              drawer.value = true;
            }}
          >
            <span aria-hidden="true">☰</span>
            <span class="visually-hidden">Channels{elsewhere > 0 ? `, ${elsewhere} new messages` : ""}</span>
            {elsewhere > 0 && <span class="count">{elsewhere}</span>}
          </button>
          <h1>
            {channel?.kind === "channel" && (
              <span class="hash" aria-hidden="true">
                #
              </span>
            )}
            <bdi>{channel?.name ?? ""}</bdi>
          </h1>
          <Connection />
        </header>
        {outdated.value && (
          <p class="notice" role="status">
            Cloze was updated.{" "}
            <button type="button" class="plain" onClick={() => location.reload()}>
              Reload the page
            </button>
          </p>
        )}
        {channel && (
          <>
            <Timeline channel={channel} example={here.commands[0]?.examples[0]} />
            <Composer channel={channel} commands={here.commands} />
          </>
        )}
      </main>
      {drawer.value && (
        <Dialog
          title="Channels"
          class="drawer"
          onClose={() => {
            drawer.value = false;
          }}
        >
          <Sidebar
            room={here}
            onChosen={() => {
              drawer.value = false;
            }}
          />
        </Dialog>
      )}
      <ModalDialog />
      <Announcements />
    </div>
  );
}

function Announcements() {
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {announcement.value}
    </p>
  );
}

function Connection() {
  const state = connection.value;
  return (
    <p class={`connection ${state}`} role="status">
      {state === "lost" && "No connection. What you send is kept."}
      {state === "connecting" && "Connecting …"}
    </p>
  );
}
