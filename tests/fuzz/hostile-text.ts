import fc from "fast-check";

/** Pieces that parsers of this kind stumble over. */
const PIECES = [
  "/generate ",
  'prompt:"',
  "“",
  "strategy:beam",
  "--",
  "--num-beams=",
  "<@U1|ada>",
  "<!channel>",
  "&lt;",
  "@everyone",
  "```",
  "\\",
  "|",
  "\r\n",
  "\t",
  "\0",
  "\u202e",
  "\u200d",
  "\ud800",
  "\ufeff",
  "é",
  "e\u0301",
  "👩‍🏫",
  "日本語",
  "[MASK]",
  "**",
  "<|im_start|>",
  "<|endoftext|>",
  "=1+1",
  "@SUM(A1)",
  '"",""',
  "{=a ~b}",
  "{#1..5}",
  "::t::",
  "- id: x\n  kind: single\n",
  "&a [*a, *a]",
  "!!js/function 'x'",
  "<<: *a\n",
  "? : {",
  "__proto__",
  "constructor",
  "$" + "{x}",
  "../../etc/passwd",
  "1e999",
  "-0",
  "9".repeat(40),
];

/** Any text: bytes, graphemes, and what is written in this project's formats, mixed. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })), { maxLength: 14 })
    .map((parts) => parts.join("")),
);

/** A well-formed text with a few cuts, and hostile pieces put in. */
export function damaged(...samples: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat({ max: 12 }),
    insert: fc.oneof(fc.constantFrom("", ...PIECES), fc.string({ maxLength: 5 })),
  });
  return fc.tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 5 })).map(([sample, changes]) =>
    changes.reduce((text, { at, remove, insert }) => {
      const place = Math.floor(at * text.length);
      return text.slice(0, place) + insert + text.slice(place + remove);
    }, sample),
  );
}

/** Long inputs on which a regular expression that backtracks, or a loop inside a loop, would not end. */
export const LONG_TEXTS: readonly string[] = [
  ...[
    "a",
    " ",
    '"',
    "(",
    "{",
    "[",
    "<",
    "&",
    "*",
    "\\",
    ":",
    "-",
    "\n",
    ",",
    "é",
    "\u200d",
    "=",
    "~",
    "#",
    "|",
  ].map((piece) => piece.repeat(20_000)),
  "a:".repeat(10_000),
  '"",'.repeat(7_000),
  "<@U".repeat(7_000),
  "**a".repeat(7_000),
  "{=a ~".repeat(4_000),
  "a: {".repeat(300),
  " a".repeat(10_000),
  `${"a".repeat(20_000)}!`,
  `${" ".repeat(20_000)}x`,
];
