import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { create, type Font } from "fontkitten";

const require = createRequire(import.meta.url);
const expo = (path: string) => require.resolve(`@expo-google-fonts/${path}.ttf`);
/** This package tells its own entry only. */
const besideEntry = (packageName: string, path: string) => join(dirname(require.resolve(packageName)), path);
const PLAIN = expo("atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular");
const BOLD = expo("atkinson-hyperlegible-next/700Bold/AtkinsonHyperlegibleNext_700Bold");
/** Tried in this order for what the classroom's own font lacks: Greek, Cyrillic, Devanagari; Arabic; Chinese, Japanese, signs; emoji. */
const FALLBACKS = [
  expo("noto-sans/400Regular/NotoSans_400Regular"),
  expo("noto-sans-arabic/400Regular/NotoSansArabic_400Regular"),
  besideEntry("@embedpdf/fonts-sc", "../fonts/NotoSansHans-Regular.otf"),
  expo("noto-emoji/400Regular/NotoEmoji_400Regular"),
];

export const FONT_FAMILY = "Atkinson Hyperlegible Next";

const opened = new Map<string, Font>();

function open(path: string): Font {
  const known = opened.get(path);
  if (known) return known;
  const font = create(readFileSync(path));
  if (font.isCollection) throw new Error(`${path} is a collection of fonts; one font is needed.`);
  opened.set(path, font);
  return font;
}

/** The first font that has a character; the classroom's own also for what none has. */
function fontFor(character: string, own: string): string {
  const code = character.codePointAt(0)!;
  return [own, ...FALLBACKS].find((path) => open(path).hasGlyphForCodePoint(code)) ?? own;
}

/** Whether any of the fonts can draw a character. */
export function isCovered(character: string): boolean {
  const code = character.codePointAt(0)!;
  return [PLAIN, ...FALLBACKS].some((path) => open(path).hasGlyphForCodePoint(code));
}

/** Width of one line of text in pixels: the sum of its characters' advances, without kerning. */
export function measureText(text: string, size: number, bold: boolean): number {
  let width = 0;
  for (const character of text) {
    const font = open(fontFor(character, bold ? BOLD : PLAIN));
    width += (font.glyphForCodePoint(character.codePointAt(0)!).advanceWidth / font.unitsPerEm) * size;
  }
  return width;
}

/** The font files that a text needs, for the renderer; the classroom's own first. */
export function fontFilesFor(text: string): string[] {
  return [...new Set([PLAIN, BOLD, ...[...new Set(text)].map((character) => fontFor(character, PLAIN))])];
}
