import * as fc from "fast-check";
import { Window } from "happy-dom";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { Body } from "../../../src/adapters/web/browser/message.tsx";
import type { WireCard, WireMessage } from "../../../src/adapters/web/wire.ts";

const window = new Window();

const hostile = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</blockquote><b>out</b>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "&lt;i&gt;",
    "@everyone",
    "{{7*7}}",
  ),
  fc.string({ unit: "grapheme", maxLength: 30 }),
);
const inline = fc.oneof(
  hostile,
  fc.record({ bold: hostile }),
  fc.record({ italic: hostile }),
  fc.record({ strike: hostile }),
  fc.record({ code: hostile }),
  fc.record({ person: hostile }),
  fc.record({
    link: fc.oneof(hostile, fc.constantFrom("https://a.b/c?d=<e>", "data:text/html,x", " javascript:x")),
    label: hostile,
  }),
);
const text = fc.oneof(hostile, fc.array(inline, { maxLength: 4 }));
const block = fc.oneof(
  fc.record({ type: fc.constantFrom("text" as const, "quote" as const), text }),
  fc.record({
    type: fc.constant("fields" as const),
    fields: fc.array(fc.record({ name: hostile, value: text }), { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant("list" as const),
    ordered: fc.boolean(),
    items: fc.array(text, { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant("code" as const), code: hostile }),
  fc.record({
    type: fc.constant("table" as const),
    columns: fc.constant([{ name: "<b>" }]),
    rows: fc.array(fc.tuple(hostile), { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant("bars" as const),
    unit: fc.constantFrom("count" as const, "probability" as const),
    bars: fc.array(
      fc.record({ label: hostile, value: fc.double({ min: 0, max: 1, noNaN: true }), note: hostile }),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constant("picture" as const),
    src: fc.constant("/files/1/2/a.png"),
    fileName: hostile,
    alt: hostile,
  }),
  fc.record({
    type: fc.constant("file" as const),
    href: fc.constant("/files/1/2/a.csv"),
    fileName: hostile,
    mediaType: fc.constant("text/csv"),
    sizeBytes: fc.nat(),
  }),
  fc.record({
    type: fc.constant("progress" as const),
    label: hostile,
    done: fc.nat(9),
    total: fc.constant(9),
  }),
);
const card = fc.record({
  title: hostile,
  footer: text,
  blocks: fc.array(block, { maxLength: 4 }),
  actions: fc.constant([]).chain(() =>
    fc.array(
      fc.oneof(
        fc.record({
          buttons: fc.array(
            fc.record({ label: hostile, action: fc.constant("a.b"), record: fc.constant("r") }),
            { maxLength: 2 },
          ),
        }),
        fc.record({
          select: fc.record({
            action: fc.constant("a.b"),
            record: fc.constant("r"),
            placeholder: hostile,
            choices: fc.array(fc.record({ label: hostile, value: hostile }), { maxLength: 2 }),
            max: fc.constantFrom(1, 2),
          }),
        }),
      ),
      { maxLength: 2 },
    ),
  ),
}) as unknown as fc.Arbitrary<WireCard>;

/** Every element the page makes of a card; none of them runs, loads or embeds anything. */
const ALLOWED =
  "div section p h2 b i s code bdi a span blockquote dl dt dd ol ul li pre figure table thead tbody tr th td img progress hr button select option fieldset legend label input small";

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

test("whatever a card says, the page makes known elements of it, no handler, no foreign address, and loses no word", () => {
  const allowed = new Set(ALLOWED.split(" "));
  fc.assert(
    fc.property(card, (shown) => {
      const message: WireMessage = {
        id: "1",
        channel: "general",
        seq: 1,
        postedAt: 0,
        state: "done",
        card: shown,
      };
      const root = window.document.createElement("div");
      root.innerHTML = renderToString(h(Body, { message }));
      for (const element of root.querySelectorAll("*")) {
        expect(allowed).toContain(element.tagName.toLowerCase());
        for (const { name, value } of element.attributes) {
          expect(name).not.toMatch(/^on/);
          if (name === "href") expect(value).toMatch(/^(https?:\/\/|\/files\/)/);
          if (name === "src") expect(value).toMatch(/^\/files\//);
        }
      }
      const said = root.textContent;
      for (const words of [
        shown.title,
        ...shown.blocks.flatMap((one) => ("text" in one ? stringsOf(one.text) : [])),
      ]) {
        // Addresses of links may stand in an attribute instead.
        if (words !== undefined && !/^https?:/.test(words)) expect(said).toContain(words);
      }
    }),
    { numRuns: 1000 },
  );
});
