import { contrast } from "./contrast.ts";

export type Theme = "light" | "dark";

/** How charts look in one place: colours, width, and how wide words are there. */
export interface Look {
  readonly theme: Theme;
  readonly colours: Colours;
  /** Of the whole picture, in its own pixels; a phone shows 480 of them on 390. */
  readonly width: number;
  readonly fontFamily: string;
  /** Width of one line of text, in pixels. */
  readonly measure: (text: string, size: number, bold: boolean) => number;
}

export interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  /** Bars and lines of what is current, kept or right. */
  readonly accent: string;
  /** What was before, was cut or is wrong. */
  readonly faint: string;
  /** Told apart by everybody (Okabe & Ito 2008, lightened or darkened for the ground); shapes differ besides. */
  readonly series: readonly string[];
  /** From nothing to everything: one hue, so that only lightness counts. */
  readonly scale: readonly [string, string, string];
}

export const COLOURS: Readonly<Record<Theme, Colours>> = {
  light: {
    paper: "#ffffff",
    ink: "#22252a",
    soft: "#5a5d63",
    line: "#d5d0c4",
    accent: "#0072b2",
    faint: "#b9bcc2",
    series: ["#0072b2", "#d55e00", "#00825f", "#a8518a", "#8a6d00", "#3a8fc4", "#22252a", "#7d4a2a"],
    scale: ["#f4f6f8", "#6aa5cd", "#08417a"],
  },
  dark: {
    paper: "#202324",
    ink: "#ebe7de",
    soft: "#b4b4ae",
    line: "#44494c",
    accent: "#56b4e9",
    faint: "#6b7175",
    series: ["#56b4e9", "#f0904a", "#3fc79c", "#e09ac4", "#e6c14a", "#a5c8ff", "#ebe7de", "#d0a080"],
    scale: ["#2a2e30", "#3f7fa8", "#c4e6fa"],
  },
};

/** Sizes of text, in pixels of a picture that is 480 wide. The smallest is shown at 9.75 px on a phone. */
export const TEXT = { title: 16, plain: 13, small: 12 } as const;
/** Room around everything. */
export const MARGIN = 16;
/** From one line of text to the next, as a multiple of its size. */
const LINE = 1.35;

export const lineHeight = (size: number): number => Math.round(size * LINE);

/** The colour of a share from 0 to 1. */
export function shade({ colours }: Look, share: number): string {
  const [low, middle, high] = colours.scale;
  const clamped = Math.min(1, Math.max(0, share));
  return clamped < 0.5 ? mix(low, middle, clamped * 2) : mix(middle, high, clamped * 2 - 1);
}

/** Black or white, whichever is read better on this ground: always a contrast of at least 4.58. */
export function inkOn(ground: string): string {
  return contrast("#000000", ground) > contrast("#ffffff", ground) ? "#000000" : "#ffffff";
}

function mix(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  return `#${a.map((value, i) => hex(Math.round(value + (b[i]! - value) * share))).join("")}`;
}

const hex = (value: number): string => value.toString(16).padStart(2, "0");

const channels = (colour: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
