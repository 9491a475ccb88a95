import { useEffect, useRef } from "preact/hooks";
import type { Completion } from "./completion.ts";

interface ListProps {
  readonly items: readonly Completion[];
  readonly active: number | undefined;
  readonly onChoose: (item: Completion) => void;
  readonly onPoint: (index: number) => void;
}

/** The list above the composer. Focus stays in the text; the text names the active line. */
export function CompletionList({ items, active, onChoose, onPoint }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active !== undefined) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <>
      <div
        ref={list}
        id="completions"
        class="completions"
        role="listbox"
        aria-label="Completions"
        hidden={items.length === 0}
      >
        {items.map((item, index) => (
          <div
            key={`${item.label}/${index}`}
            id={`completion-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onPointerMove={() => {
              if (index !== active) onPoint(index);
            }}
            // Before the text loses its focus.
            onPointerDown={(event) => {
              event.preventDefault();
              onChoose(item);
            }}
          >
            <span class="completion-label">{item.label}</span>
            <span class="completion-detail">{item.detail}</span>
          </div>
        ))}
      </div>
      <p class="visually-hidden" aria-live="polite">
        {items.length > 0 ? `${items.length} ${items.length === 1 ? "suggestion" : "suggestions"}` : ""}
      </p>
    </>
  );
}
