import { PACE_MS } from "../../../src/bot/activities/show-paced.ts";
import type { Button, Card, Select } from "../../../src/bot/cards/card.ts";
import { turns } from "../../fakes/hand-clock.ts";
import type { BotRig, Outcome, Person, Post } from "../bot-rig.ts";

/** Presses the button with this label on a card. */
export function pressOn(person: Person, card: Card | undefined, label: string): Promise<Outcome> {
  const buttons = (card?.actions ?? []).flatMap((row): readonly Button[] =>
    "buttons" in row ? row.buttons : [],
  );
  const button = buttons.find((each) => each.label === label);
  if (!button)
    throw new Error(`There is no button "${label}" but ${buttons.map((each) => each.label).join(", ")}.`);
  return person.press(button.action, button.record, button.value);
}

/** Chooses in a card's menu, by the beginning of the labels. */
export function chooseOn(person: Person, card: Card | undefined, placeholder: string, ...labels: string[]) {
  const menus = (card?.actions ?? []).flatMap((row): readonly Select[] =>
    "select" in row ? [row.select] : [],
  );
  const menu = menus.find((each) => each.placeholder === placeholder);
  if (!menu) throw new Error(`There is no menu "${placeholder}".`);
  const values = labels.map((label) => {
    const choice = menu.choices.find((each) => each.label.startsWith(label));
    if (!choice)
      throw new Error(`No choice "${label}" in ${menu.choices.map((each) => each.label).join(" | ")}`);
    return choice.value;
  });
  return person.press(menu.action, menu.record, undefined, { values });
}

/** Lets what was set off come to its end: paced showings, and models in other threads. */
export async function settle(bot: BotRig, until: () => boolean = () => true): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await bot.clock.advance(PACE_MS);
    await turns(10);
  }
  for (let i = 0; i < 20_000 && !until(); i++) await turns(20);
}

/** The newest post of a channel; direct messages have channels of their own. */
export function newest(bot: BotRig, channel: string): Post {
  const post = bot.posts.findLast(({ ref }) => ref.channel.id === channel);
  if (!post) throw new Error(`Nothing was posted to ${channel}.`);
  return post;
}
