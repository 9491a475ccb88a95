import { Resvg } from "@resvg/resvg-js";
import { contrast } from "../../../src/bot/charts/drawing/contrast.ts";
import { PICTURE_WIDTH } from "../../../src/bot/charts/picture/chart-svg.ts";
import { FONT_FAMILY, fontFilesFor } from "../../../src/bot/charts/picture/fonts.ts";

/** A phone shows a picture this wide; text must be legible there. */
const PHONE_WIDTH = 390;
const SMALLEST_ON_PHONE = 9;
/** WCAG 2.2 AA for text. */
const LEAST_CONTRAST = 4.5;
/** Of the pixels below a text, this share must be told from it; the others are edges of what lies there. */
const READABLE_SHARE = 0.9;
/** Glyphs that touch by less than this, in pixels of the picture, don't read as one. */
const TOUCH = 0.5;

export interface TextBox {
  readonly words: string;
  readonly size: number;
  readonly fill: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What is wrong with a picture's texts, in words; empty when nothing is. Measured on what the renderer draws. */
export function faultsOf(svg: string): string[] {
  const boxes = textBoxes(svg);
  const [, height = "0"] = /<svg [^>]*height="([\d.]+)"/.exec(svg) ?? [];
  return [
    ...boxes.flatMap((box) => outside(box, Number(height))),
    ...boxes.flatMap((box, i) => boxes.slice(i + 1).flatMap((other) => overlap(box, other))),
    ...boxes.flatMap(tooSmall),
    ...tooPale(svg, boxes),
  ];
}

/** Every text with the rectangle that its glyphs fill. */
export function textBoxes(svg: string): TextBox[] {
  return [...svg.matchAll(/<text [\s\S]*?<\/text>/g)].flatMap(([text]) => {
    const words = text.replace(/<[^>]+>/g, "");
    const box = renderer(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">${text}</svg>`,
      words,
    ).getBBox();
    if (!box) return [];
    const size = Number(/font-size:([\d.]+)px/.exec(text)![1]);
    const fill = /fill="(#[0-9a-f]{6})"/.exec(text)![1]!;
    return [
      { words, size, fill, left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height },
    ];
  });
}

function renderer(svg: string, words: string): Resvg {
  return new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles: fontFilesFor(words), defaultFontFamily: FONT_FAMILY },
  });
}

function outside({ words, left, top, right, bottom }: TextBox, height: number): string[] {
  const inside = left >= 0 && top >= 0 && right <= PICTURE_WIDTH && bottom <= height;
  return inside ? [] : [`"${words}" leaves the picture: ${[left, top, right, bottom].map(Math.round)}`];
}

function overlap(a: TextBox, b: TextBox): string[] {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return wide > TOUCH && high > TOUCH ? [`"${a.words}" and "${b.words}" overlap`] : [];
}

function tooSmall({ words, size }: TextBox): string[] {
  const shown = (size * PHONE_WIDTH) / PICTURE_WIDTH;
  return shown < SMALLEST_ON_PHONE ? [`"${words}" is ${shown.toFixed(1)} px high on a phone`] : [];
}

function tooPale(svg: string, boxes: readonly TextBox[]): string[] {
  const { pixels, width } = renderer(svg.replace(/<text [\s\S]*?<\/text>/g, ""), "").render();
  return boxes.flatMap(({ words, fill, left, top, right, bottom }) => {
    let all = 0;
    let readable = 0;
    for (let y = Math.floor(top); y < bottom; y++) {
      for (let x = Math.floor(left); x < right; x++) {
        const at = 4 * (y * width + x);
        const ground = `#${[0, 1, 2].map((i) => pixels[at + i]!.toString(16).padStart(2, "0")).join("")}`;
        all++;
        if (contrast(fill, ground) >= LEAST_CONTRAST) readable++;
      }
    }
    return readable >= READABLE_SHARE * all ? [] : [`"${words}" is too pale on what lies below it`];
  });
}
