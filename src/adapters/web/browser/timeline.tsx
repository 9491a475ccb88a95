import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { WireChannel, WireMessage } from "../wire.ts";
import { call } from "./api.ts";
import { MessageView } from "./message.tsx";
import { discard, outbox, type Pending } from "./outbox.ts";
import { connection, messagesOf, takeMessage } from "./state.ts";

/** Near enough to the end to count as following along, in CSS pixels. */
const NEAR_END = 80;

interface TimelineProps {
  readonly channel: WireChannel;
  /** What one could try in an empty channel. */
  readonly example: string | undefined;
}

export function Timeline({ channel, example }: TimelineProps) {
  const ids = messagesOf(channel.id).value;
  const box = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  const unseen = useSignal(false);
  const lastTop = useRef(0);

  const toEnd = () => {
    const { current } = box;
    if (current) current.scrollTop = current.scrollHeight;
  };

  const follow = () => {
    following.value = true;
    unseen.value = false;
  };
  const sent = outbox.value.filter(({ body }) => body.channel === channel.id).length;

  useLayoutEffect(() => {
    follow();
    toEnd();
  }, [channel.id, sent > 0]);

  useEffect(() => {
    if (!content.current || !box.current) return;
    let height = 0;
    const observer = new ResizeObserver(() => {
      const grown = (content.current?.scrollHeight ?? 0) > height;
      height = content.current?.scrollHeight ?? 0;
      if (following.peek()) toEnd();
      else if (grown) unseen.value = true;
    });
    observer.observe(content.current);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  return (
    <section
      class="timeline"
      ref={box}
      aria-label={`Messages in ${channel.name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        // Only somebody who scrolls up stops following: new content moves the end away by itself.
        if (scrollHeight - scrollTop - clientHeight < NEAR_END) follow();
        else if (scrollTop < lastTop.current) following.value = false;
        lastTop.current = scrollTop;
      }}
    >
      <div ref={content} class="timeline-content">
        <Earlier channel={channel.id} first={ids[0]} box={box} />
        {ids.length === 0 && connection.value === "live" && <Welcome channel={channel} example={example} />}
        <ol class="messages">
          {ids.map((id, index) => (
            <MessageView key={id} id={id} before={ids[index - 1]} />
          ))}
        </ol>
        <Unsent channel={channel.id} />
      </div>
      {unseen.value && !following.value && (
        <button
          type="button"
          class="button primary to-end"
          onClick={() => {
            follow();
            toEnd();
          }}
        >
          New messages ↓
        </button>
      )}
    </section>
  );
}

function Welcome({ channel, example }: TimelineProps) {
  return (
    <div class="welcome">
      <h2>
        {channel.kind === "direct"
          ? "You and Cloze"
          : channel.kind === "room"
            ? channel.name
            : `#${channel.name}`}
      </h2>
      <p>
        {channel.kind === "direct"
          ? "Nobody else sees what you try here. "
          : "Nothing has been said here yet. "}
        Type <kbd>/</kbd> to see what Cloze can do{example === undefined ? "." : ", for example"}
      </p>
      {example !== undefined && (
        <p>
          <code>{example}</code>
        </p>
      )}
    </div>
  );
}

/** Loads what stands above, and keeps the place one was reading. */
function Earlier({
  channel,
  first,
  box,
}: {
  readonly channel: string;
  readonly first: string | undefined;
  readonly box: { readonly current: HTMLElement | null };
}) {
  const finished = useSignal<readonly string[]>([]);
  const busy = useSignal(false);
  const hidden = useComputed(() => finished.value.includes(channel));
  if (first === undefined || messagesOf(channel).value.length < 60 || hidden.value) return null;
  const load = async () => {
    busy.value = true;
    try {
      const path = `/api/channels/${encodeURIComponent(channel)}/messages?before=${first}`;
      const found = await call<WireMessage[]>("GET", path);
      const fromEnd = box.current ? box.current.scrollHeight - box.current.scrollTop : 0;
      for (const message of found) takeMessage(message, true);
      if (found.length === 0) finished.value = [...finished.value, channel];
      requestAnimationFrame(() => {
        if (box.current) box.current.scrollTop = box.current.scrollHeight - fromEnd;
      });
    } catch {
      // Unreachable: the line above the composer says so already, and the button stays.
    } finally {
      busy.value = false;
    }
  };
  return (
    <button type="button" class="button secondary earlier" disabled={busy.value} onClick={() => void load()}>
      Earlier messages
    </button>
  );
}

/** What the person sent that the server has not confirmed. */
function Unsent({ channel }: { readonly channel: string }) {
  const own = outbox.value.filter(
    ({ body, path, state }) =>
      body.channel === channel &&
      !(path === "/api/actions" && body.fields === undefined) &&
      !(state === "sending" && path === "/api/actions"),
  );
  if (own.length === 0) return null;
  return (
    <ul class="unsent" aria-label="Not sent yet">
      {own.map((item) => (
        <UnsentItem key={item.body.request} item={item} />
      ))}
    </ul>
  );
}

function UnsentItem({ item }: { readonly item: Pending }) {
  return (
    <li class={item.state}>
      {item.label !== "" && (
        <p class="said" dir="auto">
          {item.label}
        </p>
      )}
      <p class="state">
        {item.state === "sending" && "Sending …"}
        {item.state === "waiting" && "Kept; it will be sent when the connection is back"}
        {item.state === "refused" && item.problem}
        {item.state !== "sending" && (
          <button type="button" class="plain" onClick={() => discard(item)}>
            {item.state === "refused" ? "Close" : "Don't send"}
          </button>
        )}
      </p>
    </li>
  );
}
