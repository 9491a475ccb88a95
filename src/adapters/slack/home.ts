import type { types } from "@slack/bolt";
import { todaysCards } from "../../bot/activities/today.ts";
import type { Card } from "../../bot/cards/card.ts";
import type { Services } from "../../bot/context.ts";
import type { Account } from "../../bot/invocation.ts";
import type { Calls } from "./calls.ts";
import type { CommandNames } from "./command-names.ts";
import { VIEW_BLOCKS } from "./limits.ts";
import { plainText, renderActions, renderLinks } from "./render-actions.ts";
import { renderBlocks } from "./render-card.ts";

/** Publishes somebody's home tab: what is on today in their courses, and how to begin. */
export async function publishHome(
  calls: Calls,
  services: Services,
  names: CommandNames,
  account: Account,
): Promise<void> {
  const cards = await todaysCards(services, account);
  const blocks: types.KnownBlock[] = [
    { type: "header", text: plainText("Today") },
    ...(cards.length > 0 ? cards.flatMap(cardBlocks) : [note("Nothing is on today.")]),
    { type: "divider" },
    note(
      `${names.typed("help")} lists what Cloze can do, ${names.typed("generate")} opens a form to try a model.`,
    ),
  ];
  const shown =
    blocks.length <= VIEW_BLOCKS
      ? blocks
      : [...blocks.slice(0, VIEW_BLOCKS - 1), note("There is more: see the channels.")];
  const args = { user_id: account.id, view: { type: "home", blocks: shown } };
  await calls.call("views.publish", args, { key: `home/${account.id}` });
}

function cardBlocks(card: Card): types.KnownBlock[] {
  // A home tab takes no table blocks: they are shown in monospaced text.
  const pieces = renderBlocks(card, new Map(), { nativeTables: false });
  return [
    ...pieces.map(({ block }) => block),
    ...renderActions(card.actions ?? []),
    ...renderLinks(card.links ?? []),
  ];
}

function note(text: string): types.KnownBlock {
  return { type: "section", text: plainText(text) };
}
