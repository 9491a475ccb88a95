import wrapAnsi from "wrap-ansi";

/** A text as lines of at most `width` columns; Infinity keeps its own lines only. Indentation is kept. */
export function wrap(text: string, width: number): string[] {
  if (!Number.isFinite(width)) return text.split("\n");
  return text.split("\n").flatMap((line) =>
    wrapAnsi(line, Math.max(10, width), { hard: true, trim: false })
      .split("\n")
      .map((part, index) => (index === 0 ? part : part.replace(/^ /, "")).trimEnd()),
  );
}
