import {
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
} from "discord.js";
import type { ActionRow, Button, CardLink, Select } from "../../bot/cards/card.ts";
import { writeCustomId } from "./custom-id.ts";
import { inert } from "./inert.ts";
import { LIMITS } from "./limits.ts";

export type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

const STYLE = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  success: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
} as const;

/** Rows of components; a row of more than five buttons becomes several. */
export function rowsOf(actions: readonly ActionRow[]): Row[] {
  const taken = new Set<string>();
  return actions.flatMap((row) => {
    if ("select" in row)
      return [{ type: ComponentType.ActionRow, components: [selectOf(row.select, taken)] } satisfies Row];
    const rows: Row[] = [];
    for (let i = 0; i < row.buttons.length; i += LIMITS.buttonsInRow) {
      const components = row.buttons
        .slice(i, i + LIMITS.buttonsInRow)
        .map((button) => buttonOf(button, taken));
      rows.push({ type: ComponentType.ActionRow, components });
    }
    return rows;
  });
}

/** Link buttons; a longer address stands in the text (see segments.ts). */
export function linkRows(links: readonly CardLink[]): Row[] {
  const components = links
    .filter(({ link }) => link.length <= LIMITS.url)
    .map(({ label, link }): APIComponentInMessageActionRow => {
      const shown = fitted(label, LIMITS.buttonLabel);
      return { type: ComponentType.Button, style: ButtonStyle.Link, label: shown, url: link };
    });
  return components.length > 0 ? [{ type: ComponentType.ActionRow, components }] : [];
}

function buttonOf(button: Button, taken: Set<string>): APIComponentInMessageActionRow {
  return {
    type: ComponentType.Button,
    style: STYLE[button.style ?? "secondary"],
    label: fitted(button.label, LIMITS.buttonLabel),
    custom_id: writeCustomId(button, taken),
    ...(button.disabled ? { disabled: true } : {}),
  };
}

function selectOf(select: Select, taken: Set<string>): APIComponentInMessageActionRow {
  return {
    type: ComponentType.StringSelect,
    custom_id: writeCustomId(select, taken),
    placeholder: fitted(select.placeholder, LIMITS.selectPlaceholder),
    min_values: select.min ?? 1,
    max_values: select.max ?? 1,
    options: select.choices.map(({ label, value, description }) => ({
      label: fitted(label, LIMITS.selectText),
      value,
      ...(description === undefined ? {} : { description: fitted(description, LIMITS.selectText) }),
    })),
  };
}

/** Labels take no markup. What does not fit is said in full in the message (see segments.ts). */
function fitted(text: string, limit: number): string {
  const one = inert(text).replaceAll("\n", " ");
  return one.length <= limit ? one : `${one.slice(0, limit - 1)}…`;
}
