import { useSignal } from "@preact/signals";
import type { WireChannel, WireRoom } from "../wire.ts";
import { InvitationDialog } from "./invitation-dialog.tsx";
import { LinkTo } from "./link-to.tsx";
import { ProfileDialog } from "./profile-dialog.tsx";
import { goTo } from "./route.ts";
import { channels, current, peopleHere, unread } from "./state.ts";
import { nextTheme, theme } from "./theme.ts";

interface SidebarProps {
  readonly room: WireRoom;
  /** Called after a channel was chosen, to close the drawer of small screens. */
  readonly onChosen?: () => void;
}

export function Sidebar({ room: { me, courseName }, onChosen }: SidebarProps) {
  const inviting = useSignal(false);
  const profile = useSignal(false);
  const group = (kind: WireChannel["kind"]) => channels.value.filter((channel) => channel.kind === kind);
  return (
    <div class="sidebar">
      <p class="course">
        <Mark />
        <span>{courseName}</span>
      </p>
      <nav aria-label="Channels">
        <ChannelGroup title="Channels" channels={group("channel")} onChosen={onChosen} />
        <ChannelGroup title="Direct" channels={group("direct")} onChosen={onChosen} />
        <ChannelGroup title="Rooms" channels={group("room")} onChosen={onChosen} />
      </nav>
      <div class="sidebar-foot">
        <nav class="other-pages" aria-label="Pages">
          <LinkTo path="/playground" onChosen={onChosen}>
            Playground
          </LinkTo>
          {me.role !== "student" && (
            <>
              <LinkTo path="/control" onChosen={onChosen}>
                Control
              </LinkTo>
              <a href="/screen" target="_blank" rel="noopener">
                Screen
              </a>
            </>
          )}
        </nav>
        <p class="here">
          <span class="here-dot" aria-hidden="true" />
          {peopleHere.value} here
        </p>
        {me.role !== "student" && (
          <button
            type="button"
            class="button primary"
            onClick={() => {
              inviting.value = true;
            }}
          >
            Invite students
          </button>
        )}
        <div class="me">
          <button
            type="button"
            class="plain"
            title="Change your name"
            onClick={() => {
              profile.value = true;
            }}
          >
            <bdi>{me.name}</bdi>
          </button>
          <button type="button" class="plain" onClick={nextTheme}>
            {theme.value === "auto" ? "Theme: auto" : theme.value === "dark" ? "Theme: dark" : "Theme: light"}
          </button>
        </div>
      </div>
      {inviting.value && (
        <InvitationDialog
          onClose={() => {
            inviting.value = false;
          }}
        />
      )}
      {profile.value && (
        <ProfileDialog
          me={me}
          onClose={() => {
            profile.value = false;
          }}
        />
      )}
    </div>
  );
}

/** A line of text with a blank in it: what a cloze is. */
export function Mark() {
  return (
    <span class="mark" aria-hidden="true">
      <span />
    </span>
  );
}

function ChannelGroup({
  title,
  channels: own,
  onChosen,
}: {
  readonly title: string;
  readonly channels: readonly WireChannel[];
  readonly onChosen: (() => void) | undefined;
}) {
  if (own.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {own.map((channel) => (
          <ChannelLink key={channel.id} channel={channel} onChosen={onChosen} />
        ))}
      </ul>
    </section>
  );
}

function ChannelLink({
  channel: { id, name, kind },
  onChosen,
}: {
  readonly channel: WireChannel;
  readonly onChosen: (() => void) | undefined;
}) {
  const here = current.value?.id === id;
  const count = unread.value.get(id) ?? 0;
  return (
    <li>
      <a
        href={`/c/${encodeURIComponent(id)}`}
        {...(here ? { "aria-current": "page" } : {})}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          goTo(id);
          onChosen?.();
        }}
      >
        {kind === "channel" && (
          <span class="hash" aria-hidden="true">
            #
          </span>
        )}
        <bdi>{name}</bdi>
        {count > 0 && (
          <span class="count">
            {count}
            <span class="visually-hidden"> new</span>
          </span>
        )}
      </a>
    </li>
  );
}
