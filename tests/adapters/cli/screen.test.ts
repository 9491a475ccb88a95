import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendingScreen, redrawingScreen } from "../../../src/adapters/cli/screen.ts";

/** Everything written, after each step. */
function record() {
  let written = "";
  const out = {
    write(text: string | Uint8Array) {
      written += String(text);
      return true;
    },
  };
  return { screen: appendingScreen(out), written: () => written };
}

describe("into a pipe", () => {
  test("words are written as they come, one state behind, and the changing footer not before its time", () => {
    const { screen, written } = record();
    const steps: string[] = [];
    for (const text of ["The", "The nice", "The nice woman"]) {
      screen.show(`${text}\n\n${text.length} letters`);
      steps.push(written());
    }
    expect(steps).toEqual(["", "The", "The nice"]);
    screen.finish("The nice woman.\n\n15 letters, done");
    expect(written()).toBe("The nice woman.\n\n15 letters, done\n");
  });

  test("a text that changes what was written is written again, whole", () => {
    const { screen, written } = record();
    screen.show("The man");
    screen.show("The man is");
    screen.show("A woman");
    screen.finish("A woman was");
    expect(written()).toBe("The man\n\nA woman was\n");
  });

  test("half of a character is not written", () => {
    const { screen, written } = record();
    screen.show("a😀");
    screen.show("a😁");
    expect(written()).toBe("a");
  });

  test("whatever the states, what was written is never taken back and ends with the final text", () => {
    const states = fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 });
    const growing = fc
      .array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.map((_, i) => parts.slice(0, i + 1).join("")));
    fc.assert(
      fc.property(fc.oneof(states, growing), fc.string({ maxLength: 12 }), (shown, final) => {
        const { screen, written } = record();
        for (const text of shown) {
          const before = written();
          screen.show(text);
          expect(written().startsWith(before)).toBe(true);
        }
        const before = written();
        screen.finish(final);
        expect(written().startsWith(before)).toBe(true);
        expect(written().endsWith(`${final}\n`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("a text that only grows is written exactly once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 10 }),
        (parts) => {
          const { screen, written } = record();
          for (let i = 1; i <= parts.length; i++) screen.show(parts.slice(0, i).join(""));
          screen.finish(parts.join(""));
          expect(written()).toBe(`${parts.join("")}\n`);
        },
      ),
    );
  });
});

test("on a terminal the reply is redrawn in place, stands there once in the end, and the cursor is shown again", () => {
  const out = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    rows: 24,
  }) as unknown as NodeJS.WriteStream;
  let written = "";
  out.on("data", (chunk) => {
    written += chunk;
  });
  const screen = redrawingScreen(out);
  screen.show("one");
  screen.show("one two");
  const early = written;
  screen.finish("one two three");
  const after = written.slice(early.length);
  expect(early).toContain("two");
  expect(stripVTControlCharacters(after).trim()).toBe("one two three");
  expect(written.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(written.lastIndexOf("\u001b[?25l"));
});
