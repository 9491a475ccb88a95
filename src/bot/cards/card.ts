import type { Chart } from "../charts/chart.ts";

/**
 * What the bot says, as plain data. A string in a card is always inert text: adapters escape it for their
 * platform, so neither a student's nor a model's words can format, link or mention. Formatting is what the
 * `Inline` objects say and nothing else. Adapters enforce their platform's limits; what does not fit goes
 * to a next message or an attached file.
 */
export interface Card {
  readonly title?: string;
  /** How it should look; "error" also tells screen readers. Default "plain". */
  readonly tone?: "plain" | "success" | "warning" | "error";
  readonly blocks: readonly Block[];
  /** Rows of buttons or one select menu each, at most 5 rows of 5 buttons. */
  readonly actions?: readonly ActionRow[];
  /** Pages that can be opened, as buttons beside the others; at most 5. */
  readonly links?: readonly CardLink[];
  /** Small print: the seed, the permalink command, timings. */
  readonly footer?: Text;
}

/** A text is a string, or a sequence of plain and formatted parts. Line breaks are "\n". */
export type Text = string | readonly Inline[];
export type Inline =
  | string
  | { readonly bold: string }
  | { readonly italic: string }
  | { readonly strike: string }
  | { readonly code: string }
  | { readonly link: string; readonly label: string }
  /** A person's name, shown so that the platform highlights it but nobody is pinged. */
  | { readonly person: string };

export type Block =
  | { readonly type: "text"; readonly text: Text }
  /** A model's or a student's words, set off from the bot's own. */
  | { readonly type: "quote"; readonly text: Text }
  | { readonly type: "fields"; readonly fields: readonly { readonly name: string; readonly value: Text }[] }
  | { readonly type: "list"; readonly ordered?: boolean; readonly items: readonly Text[] }
  | { readonly type: "code"; readonly code: string; readonly language?: string }
  | TableBlock
  | BarsBlock
  | ChartBlock
  | PictureBlock
  | { readonly type: "progress"; readonly label: string; readonly done: number; readonly total: number }
  | FileBlock
  | { readonly type: "divider" };

/** A table. Platforms without tables show it in a monospaced block. */
export interface TableBlock {
  readonly type: "table";
  readonly columns: readonly { readonly name: string; readonly align?: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
}

/** Horizontal bars with labels, e.g. a distribution or a poll's counts. Shown as text where no picture fits. */
export interface BarsBlock {
  readonly type: "bars";
  readonly unit: "probability" | "count";
  /** The value of a bar over the whole width, so that two blocks can be compared. Default: the largest value. */
  readonly full?: number;
  readonly bars: readonly {
    readonly label: string;
    /** A probability from 0 to 1, or a count. */
    readonly value: number;
    /** Set apart, e.g. the right answer or the chosen token. */
    readonly marked?: boolean;
    readonly note?: string;
  }[];
}

/**
 * A chart: a picture in chat, interactive in the web classroom, words on the command line. It belongs to a final
 * reply only, since drawing takes a while.
 */
export interface ChartBlock {
  readonly type: "chart";
  readonly chart: Chart;
  /** The same as text, at least one block: shown where no picture is, and on request beside the picture. */
  readonly inWords: readonly WordsBlock[];
}

export type WordsBlock = Exclude<Block, ChartBlock | PictureBlock | FileBlock>;

export interface PictureBlock {
  readonly type: "picture";
  readonly png: Uint8Array;
  readonly fileName: string;
  /** What the picture shows, for those who can't see it; at most 1,024 characters. */
  readonly alt: string;
}

export interface FileBlock {
  readonly type: "file";
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly alt?: string;
}

export type ActionRow = { readonly buttons: readonly Button[] } | { readonly select: Select };

/**
 * A button's meaning is in the store: it carries the action's name, a short record id and at most one short
 * value, together at most 90 characters (Discord gives a custom id 100).
 */
export interface Button {
  readonly label: string;
  readonly action: string;
  readonly record: string;
  readonly value?: string;
  readonly style?: "primary" | "secondary" | "success" | "danger";
  readonly disabled?: boolean;
}

/** Opens an address in the browser; nothing comes back to the bot. */
export interface CardLink {
  readonly label: string;
  /** Made by the bot itself, never by a person: http(s), or in the web classroom a path of its own. */
  readonly link: string;
}

export interface Select {
  readonly action: string;
  readonly record: string;
  readonly placeholder: string;
  /** At most 25 choices (Discord's limit). */
  readonly choices: readonly {
    readonly label: string;
    readonly value: string;
    readonly description?: string;
  }[];
  /** How many may be chosen. Default 1 and 1. */
  readonly min?: number;
  readonly max?: number;
}

/** A form that opens over the conversation. At most 5 fields (Discord's limit). */
export interface Modal {
  /** At most 24 characters (Slack's limit). */
  readonly title: string;
  readonly action: string;
  readonly record: string;
  readonly submitLabel?: string;
  readonly fields: readonly ModalField[];
}

export interface ModalField {
  readonly id: string;
  /** At most 45 characters (Discord's limit). */
  readonly label: string;
  readonly kind: "line" | "paragraph";
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly value?: string;
  readonly placeholder?: string;
}

/** A card of one text. */
export function textCard(text: Text, rest: Omit<Card, "blocks"> = {}): Card {
  return { ...rest, blocks: [{ type: "text", text }] };
}

/** The value that a bar over the whole width stands for; above 0. */
export function fullBar({ full, bars }: Pick<BarsBlock, "full" | "bars">): number {
  return full ?? Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
}

/** The words of a text without its formatting. */
export function plainText(text: Text): string {
  if (typeof text === "string") return text;
  return text
    .map((part) => {
      if (typeof part === "string") return part;
      if ("bold" in part) return part.bold;
      if ("italic" in part) return part.italic;
      if ("strike" in part) return part.strike;
      if ("code" in part) return part.code;
      if ("person" in part) return part.person;
      return part.label;
    })
    .join("");
}
