import type { types } from "@slack/bolt";
import type { ActionRow, Button, CardLink, Select } from "../../bot/cards/card.ts";
import { linkId, writeButtonId } from "./button-id.ts";
import { inert } from "./inert.ts";
import { BUTTON_TEXT, BUTTON_URL, BUTTON_VALUE, OPTION_TEXT, OPTION_VALUE, PLACEHOLDER } from "./limits.ts";

/** Rows of buttons and selects as blocks. Slack has no disabled buttons: those become a line of small print. */
export function renderActions(rows: readonly ActionRow[]): types.KnownBlock[] {
  return rows.flatMap((row, index): types.KnownBlock[] => {
    if ("select" in row) {
      return [{ type: "actions", elements: [renderSelect(row.select, index)] }];
    }
    const usable = row.buttons.filter(({ disabled }) => !disabled);
    const off = row.buttons.filter(({ disabled }) => disabled);
    return [
      ...(usable.length > 0
        ? [
            {
              type: "actions" as const,
              elements: usable.map((button, i) => renderButton(button, `${index}-${i}`)),
            },
          ]
        : []),
      ...(off.length > 0
        ? [
            {
              type: "context" as const,
              elements: [plainText(`Not available now: ${off.map(({ label }) => label).join(", ")}`)],
            },
          ]
        : []),
    ];
  });
}

/** Buttons that open an address; one that is too long for Slack is told in small print. */
export function renderLinks(links: readonly CardLink[]): types.KnownBlock[] {
  const fitting = links.filter(({ link }) => link.length <= BUTTON_URL);
  const elements = fitting.map(
    ({ label, link }, place): types.Button => ({
      type: "button",
      action_id: linkId(place),
      text: plainText(shorten(inert(label), BUTTON_TEXT)),
      url: link,
    }),
  );
  const notes = links
    .filter((link) => !fitting.includes(link))
    .map(({ label, link }) => {
      const length = link.length.toLocaleString("en");
      return plainText(
        `${inert(label)}: the link has ${length} characters, and Slack takes ${BUTTON_URL.toLocaleString("en")}.`,
      );
    });
  return [
    ...(elements.length > 0 ? [{ type: "actions" as const, elements }] : []),
    ...(notes.length > 0 ? [{ type: "context" as const, elements: notes }] : []),
  ];
}

function renderButton({ label, action, record, value, style }: Button, place: string): types.Button {
  const slackStyle =
    style === "danger" ? "danger" : style === "primary" || style === "success" ? "primary" : undefined;
  const text = inert(label);
  return {
    type: "button",
    action_id: writeButtonId({ action, record }, place),
    text: plainText(shorten(text, BUTTON_TEXT)),
    ...(text.length > BUTTON_TEXT && { accessibility_label: shorten(text, BUTTON_TEXT) }),
    ...(value !== undefined && { value: value.slice(0, BUTTON_VALUE) }),
    ...(slackStyle && { style: slackStyle }),
  };
}

function renderSelect(select: Select, place: number): types.StaticSelect | types.MultiStaticSelect {
  const { action, record, placeholder, choices, max = 1 } = select;
  const shared = {
    action_id: writeButtonId({ action, record }, place),
    placeholder: plainText(shorten(inert(placeholder), PLACEHOLDER)),
    options: choices.map(({ label, value, description }) => ({
      text: plainText(shorten(inert(label), OPTION_TEXT)),
      value: value.slice(0, OPTION_VALUE),
      ...(description && { description: plainText(shorten(inert(description), OPTION_TEXT)) }),
    })),
  };
  return max > 1
    ? { type: "multi_static_select", max_selected_items: max, ...shared }
    : { type: "static_select", ...shared };
}

/** `emoji: false`, so that ":wave:" in somebody's text stays what it is. */
export function plainText(text: string): types.PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}

/** For labels, where a whole text can't stand; what matters is said in the message. */
export function shorten(text: string, max: number): string {
  if (text === "") return "–";
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}
