import type { ComponentChildren } from "preact";
import { open } from "./route.ts";

/** A link to another page of the classroom, which opens without a reload. */
export function LinkTo({
  path,
  children,
  onChosen,
}: {
  readonly path: string;
  readonly children: ComponentChildren;
  readonly onChosen?: (() => void) | undefined;
}) {
  return (
    <a
      href={path}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        open(path);
        onChosen?.();
      }}
    >
      {children}
    </a>
  );
}
