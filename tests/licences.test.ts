import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Licences that a course may run and pass on, with what they ask for: the notice, at most. */
const ALLOWED = [
  "MIT",
  "Apache-2.0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "(MIT OR CC0-1.0)",
  "MIT OR Apache-2.0",
];
/** Licences that ask for more, package by package, and why they are fine here. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  // Fonts, served as they are.
  "OFL-1.1": ["@fontsource-variable/", "@embedpdf/fonts-"],
  "MIT AND OFL-1.1": ["@expo-google-fonts/"],
  // Copyleft by file; used unchanged, the sources are the packages themselves.
  "MPL-2.0": ["@resvg/", "dompurify"],
};

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { license?: { id?: string; name?: string }; expression?: string }[];
}

/** What npm's own tool says of everything that is installed to run Cloze; `npm run licences` prints it. */
function components(): Component[] {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const options = ["--omit", "dev", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const sbom = execFileSync("npm", ["sbom", ...options], { cwd: root, maxBuffer: 64e6, encoding: "utf8" });
  return JSON.parse(sbom).components;
}

function surprising(all: readonly Component[]): string[] {
  return all.flatMap(({ name, version, licenses = [] }) => {
    const own = licenses.map(
      ({ license, expression }) => expression ?? license?.id ?? license?.name ?? "none",
    );
    const isFine = own.some(
      (each) => ALLOWED.includes(each) || NAMED[each]?.some((beginning) => name.startsWith(beginning)),
    );
    return isFine ? [] : [`${name}@${version}: ${own.join(", ") || "no licence"}`];
  });
}

test("every package that Cloze runs with has a licence on the list", () => {
  const all = components();
  // The lock file names more than two hundred; fewer would mean that the tool saw only some.
  expect(all.length).toBeGreaterThan(200);
  expect(surprising(all)).toEqual([]);
});

test("a planted copyleft package, one without a licence, and a font's licence on a program are found", () => {
  const planted: Component[] = [
    { name: "planted", version: "1.0.0", licenses: [{ license: { id: "AGPL-3.0-only" } }] },
    { name: "bare", version: "1.0.0" },
    { name: "program", version: "1.0.0", licenses: [{ license: { id: "OFL-1.1" } }] },
    { name: "fine", version: "1.0.0", licenses: [{ license: { id: "MIT" } }] },
  ];
  expect(surprising(planted)).toEqual([
    "planted@1.0.0: AGPL-3.0-only",
    "bare@1.0.0: no licence",
    "program@1.0.0: OFL-1.1",
  ]);
});
