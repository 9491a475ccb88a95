import { type Look, lineHeight, MARGIN, TEXT } from "./look.ts";
import type { Page } from "./page.ts";

/** A token with its place in a flowing text. */
export interface PlacedToken {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const PADDING = 1;
export const TOKEN_HEIGHT = lineHeight(TEXT.plain) + 5;

/** Tokens side by side like words on a page, from `page.y` on; moves `page.y` below them. */
export function flow(page: Page, texts: readonly string[], look: Look): PlacedToken[] {
  const right = look.width - MARGIN;
  let x = MARGIN;
  const placed = texts.map((raw) => {
    // A line break of the text is shown, not made: the picture stays dense.
    const shown = raw.replaceAll("\n", "⏎");
    const text = page.fit(shown, page.inner - 2 * PADDING);
    const width = page.width(text) + 2 * PADDING;
    if (x + width > right && x > MARGIN) {
      x = MARGIN;
      page.y += TOKEN_HEIGHT + 2;
    }
    const token = { text, x, y: page.y, width };
    x += width;
    return token;
  });
  page.y += TOKEN_HEIGHT;
  return placed;
}

/** The tokens as a series on pixel axes, so that each answers to the pointer. */
export function tokenSeries(
  tokens: readonly PlacedToken[],
  look: Look,
  style: (index: number) => {
    readonly fill: string;
    readonly ink: string;
    readonly border?: string;
    readonly tip: string;
  },
): object {
  return {
    type: "scatter",
    symbol: "rect",
    tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => style(dataIndex).tip },
    data: tokens.map(({ text, x, y, width }, index) => {
      const { fill, ink, border } = style(index);
      return {
        value: [x + width / 2, y + TOKEN_HEIGHT / 2],
        symbolSize: [width, TOKEN_HEIGHT],
        itemStyle: { color: fill, opacity: 1, ...(border ? { borderColor: border, borderWidth: 2 } : {}) },
        label: {
          show: true,
          formatter: () => text,
          color: ink,
          fontSize: TEXT.plain,
          fontFamily: look.fontFamily,
        },
        emphasis: { disabled: true },
      };
    }),
  };
}
