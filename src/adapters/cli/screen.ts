import { createLogUpdate } from "log-update";

/** Where a reply is shown while it is being written. */
export interface Screen {
  /** The reply as it stands; replaces what `show` showed before. */
  show(text: string): void;
  /** The reply as it stays, or something beside it. */
  finish(text: string): void;
}

/** A terminal, where the reply is drawn anew in place. */
export function redrawingScreen(out: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(out);
  return {
    show: (text) => update(text),
    finish(text) {
      update.clear();
      out.write(`${text}\n`);
      update.done();
    },
  };
}

/**
 * A pipe or a file, where nothing can be taken back: text is written as soon as two states in a row agree on
 * it. A reply that changes what was written is written again whole when it is final.
 */
export function appendingScreen(out: Pick<NodeJS.WritableStream, "write">): Screen {
  let written = "";
  let before = "";
  const begin = () => {
    written = "";
    before = "";
  };
  return {
    show(text) {
      const agreed = commonPrefix(before, text);
      before = text;
      if (agreed.length <= written.length || !agreed.startsWith(written)) return;
      out.write(agreed.slice(written.length));
      written = agreed;
    },
    finish(text) {
      if (text.startsWith(written)) out.write(`${text.slice(written.length)}\n`);
      else out.write(`\n\n${text}\n`);
      begin();
    },
  };
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  // Half of a character beyond the basic plane is not written alone.
  if (/[\ud800-\udbff]/.test(a[length - 1] ?? "")) length -= 1;
  return a.slice(0, length);
}
