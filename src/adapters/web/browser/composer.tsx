import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isCommand } from "../../../bot/commands/command-text.ts";
import type { Choice } from "../../../bot/commands/spec.ts";
import type { WireChannel, WireCommand } from "../wire.ts";
import { call } from "./api.ts";
import { CommandDialog } from "./command-dialog.tsx";
import { type Completion, type Help, helpFor, valueItem, withOption } from "./completion.ts";
import { CompletionList } from "./completion-list.tsx";
import { draftOf, rememberSent, restored, sentTexts, setDraft } from "./drafts.ts";
import { OptionHints } from "./option-hints.tsx";
import { newRequest, send } from "./outbox.ts";

interface ComposerProps {
  readonly channel: WireChannel;
  readonly commands: readonly WireCommand[];
}

export function Composer({ channel, commands }: ComposerProps) {
  const text = draftOf(channel.id).value;
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useSignal(text.length);
  const chosen = useSignal<number | undefined>(undefined);
  const closedFor = useSignal<string | undefined>(undefined);
  const suggested = useSignal<readonly Completion[]>([]);
  const browsing = useSignal<number | undefined>(undefined);
  const formOpen = useSignal(false);

  const help = helpFor(text, Math.min(caret.value, text.length), commands);
  const items =
    closedFor.value === text || restored.value === text ? [] : help.ask ? suggested.value : help.items;
  const active = chosen.value ?? (help.eager ? 0 : undefined);

  useSuggestions(help, channel.id, (found) => {
    suggested.value = found;
  });

  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  useEffect(() => {
    if (restored.value === text) caret.value = text.length;
  }, [restored.value, text]);

  useEffect(() => {
    // On a phone, focus would open the keyboard over what one came to read.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [channel.id]);

  function write(next: string, position = next.length): void {
    setDraft(channel.id, next);
    caret.value = position;
    chosen.value = undefined;
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(position, position);
    });
  }

  function complete({ insert, from, to }: Completion): void {
    const rest = text.slice(to);
    const glue = insert.endsWith(" ") && rest.startsWith(" ") ? insert.trimEnd() : insert;
    write(text.slice(0, from) + glue + rest, from + glue.length);
  }

  function submit(): void {
    if (text.trim() === "") return;
    const body = { request: newRequest(), channel: channel.id, text };
    rememberSent(text);
    write("");
    browsing.value = undefined;
    void send({ path: "/api/messages", body }, text);
  }

  /** Steps through what was sent before; beyond the newest stands the empty line. */
  function browse(step: -1 | 1): boolean {
    const texts = sentTexts();
    const now = browsing.value ?? texts.length;
    if (text !== "" && browsing.value === undefined) return false;
    const next = now + step;
    if (next < 0 || next > texts.length) return false;
    browsing.value = next === texts.length ? undefined : next;
    write(texts[next] ?? "");
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const open = items.length > 0;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (open && step !== 0) {
      event.preventDefault();
      const from = active ?? (step === 1 ? -1 : items.length);
      chosen.value = (from + step + items.length) % items.length;
    } else if (open && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      complete(items[active ?? 0]!);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      closedFor.value = text;
      chosen.value = undefined;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (open && active !== undefined) complete(items[active]!);
      else submit();
    } else if (step !== 0 && browse(step)) {
      event.preventDefault();
    }
  }

  const label = channel.kind === "direct" ? "Message to Cloze" : `Message in ${channel.name}`;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <CompletionList
        items={items}
        active={active}
        onChoose={complete}
        onPoint={(index) => {
          chosen.value = index;
        }}
      />
      <div class="composer-row">
        <button
          type="button"
          class="button secondary slash"
          aria-label="Commands"
          title="Commands, with a form for each"
          aria-haspopup="dialog"
          onClick={() => {
            formOpen.value = true;
          }}
        >
          /
        </button>
        <textarea
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          aria-label={label}
          aria-autocomplete="list"
          aria-controls="completions"
          {...(items.length > 0 && active !== undefined
            ? { "aria-activedescendant": `completion-${active}` }
            : {})}
          aria-describedby="composer-hint"
          placeholder="Write, or / for commands"
          autocomplete="off"
          autocapitalize="sentences"
          spellcheck={!isCommand(text)}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            setDraft(channel.id, currentTarget.value);
            caret.value = currentTarget.selectionStart;
            chosen.value = undefined;
            browsing.value = undefined;
          }}
          onSelect={({ currentTarget }) => {
            caret.value = currentTarget.selectionStart;
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="button primary send" disabled={text.trim() === ""}>
          Send
        </button>
      </div>
      <OptionHints help={help} onAdd={(option) => write(withOption(text, option))} />
      {formOpen.value && (
        <CommandDialog
          channel={channel.id}
          commands={commands}
          onClose={() => {
            formOpen.value = false;
            field.current?.focus();
          }}
        />
      )}
    </form>
  );
}

/** Asks the server for values, once typing pauses; an answer that comes too late is dropped. */
function useSuggestions(help: Help, channel: string, show: (found: readonly Completion[]) => void): void {
  const { ask } = help;
  useEffect(() => {
    if (!ask) return;
    let current = true;
    const { command, option, typed, from, to } = ask;
    const timer = setTimeout(async () => {
      const body = { channel, command, option, typed };
      const found = await call<readonly Choice<string>[]>("POST", "/api/suggestions", body).catch(() => []);
      if (!current) return;
      const exact = found.length === 1 && found[0]!.value === typed;
      show(exact ? [] : found.map(({ name, value }) => valueItem(name, value, from, to)));
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
      show([]);
    };
  }, [ask?.command, ask?.option, ask?.typed, ask?.from, ask?.to, channel]);
}
