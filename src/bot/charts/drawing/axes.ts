import { type Look, TEXT } from "./look.ts";
import type { Page } from "./page.ts";

/** A rectangle of the picture. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An axis that only places things. */
export const HIDDEN = {
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { show: false },
  splitLine: { show: false },
} as const;

/** Axes over what is drawn of a page so far whose values are its pixels, y downwards: for series that are placed. */
export function pixelAxes({ look: { width }, y: height }: Page, gridIndex = 0) {
  return {
    grid: { left: 0, top: 0, width, height },
    xAxis: { ...HIDDEN, gridIndex, type: "value", min: 0, max: width },
    yAxis: { ...HIDDEN, gridIndex, type: "value", inverse: true, min: 0, max: height },
  } as const;
}

/** How an axis with numbers looks. */
export function numberAxis({ colours }: Look) {
  return {
    axisLine: { show: true, lineStyle: { color: colours.soft } },
    axisTick: { show: false },
    axisLabel: { color: colours.soft, fontSize: TEXT.small, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: colours.line } },
  };
}
