import { useSignal } from "@preact/signals";
import type { WireRoom } from "../wire.ts";
import { Composer } from "./composer.tsx";
import { Dialog } from "./dialog.tsx";
import { JoinPage } from "./join-page.tsx";
import { ModalDialog } from "./modal-dialog.tsx";
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
  return <Classroom room={here} />;
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
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </div>
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
