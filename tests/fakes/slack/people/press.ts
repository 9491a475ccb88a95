import { interactiveElements } from "../blocks/layout.ts";
import { blockActionsPayload, type Surface } from "../delivery/payloads.ts";
import { asArray, asObject, asString, type Json } from "../json.ts";
import type { Services } from "../services.ts";
import type { User } from "../world.ts";
import { type Started, started } from "./started.ts";

export interface Interactive {
  readonly block: Json;
  readonly element: Json;
  /** What stands on it. */
  readonly label: string;
}

export function interactives(blocks: unknown): Interactive[] {
  return interactiveElements(blocks).map(({ block, element }) => ({
    block,
    element,
    label: asString(asObject(element.text ?? element.placeholder ?? block.label).text),
  }));
}

function find(blocks: unknown, label: string, types: (type: string) => boolean): Interactive {
  const all = interactives(blocks).filter(({ element }) => types(asString(element.type)));
  const found = all.find((one) => one.label === label || one.element.action_id === label);
  if (found) return found;
  throw new Error(
    `There is no "${label}" here. There are: ${all.map((one) => `"${one.label}"`).join(", ") || "none"}.`,
  );
}

/** Sends a block_actions payload and tells the person when the app does not answer. */
function act(services: Services, user: User, surface: Surface, action: Json, state: Json): Started {
  const from = services.timeline.all.length;
  const payload = blockActionsPayload(services, user, surface, action, state);
  const delivery = services.deliveries.interaction("interactive", payload, "block_actions");
  const channel = "channel" in surface ? surface.channel : undefined;
  void delivery.outcome.then((outcome) => {
    if (outcome.acknowledged) return;
    services.timeline.record({
      kind: "notice",
      user: user.id,
      channel: channel?.id ?? "",
      text: `This didn't work: the app did not respond (${outcome.reason}).`,
    });
  });
  return started(services, user, channel, from, delivery);
}

export function press(
  services: Services,
  user: User,
  surface: Surface,
  blocks: unknown,
  label: string,
): Started {
  const { block, element } = find(blocks, label, (type) => type === "button");
  const action: Json = {
    type: "button",
    action_id: element.action_id,
    block_id: block.block_id,
    text: element.text,
    ...(element.value !== undefined && { value: element.value }),
    ...(element.style !== undefined && { style: element.style }),
  };
  return act(services, user, surface, action, {});
}

/** What a client never sends, but anybody who has seen the requests could. */
export function pressRaw(
  services: Services,
  user: User,
  surface: Surface,
  actionId: string,
  value: string | undefined,
): Started {
  const action: Json = {
    type: "button",
    action_id: actionId,
    block_id: "raw",
    text: { type: "plain_text", text: "?" },
    ...(value !== undefined && { value }),
  };
  return act(services, user, surface, action, {});
}

/** Chooses in a select or radio group by the options' labels or values. */
export function choose(
  services: Services,
  user: User,
  surface: Surface,
  blocks: unknown,
  label: string,
  wanted: readonly string[],
): Started {
  const { block, element } = find(blocks, label, (type) => type !== "button" && !type.endsWith("_input"));
  const value = selection(element, wanted);
  const action: Json = { ...value, action_id: element.action_id, block_id: block.block_id };
  const state = { [asString(block.block_id)]: { [asString(element.action_id)]: value } };
  return act(services, user, surface, action, state);
}

/** The state value of a select in which these options are chosen. */
export function selection(element: Json, wanted: readonly string[]): Json {
  const type = asString(element.type);
  const [first] = wanted;
  if (type === "users_select") return { type, selected_user: first };
  if (type === "channels_select") return { type, selected_channel: first };
  if (type === "conversations_select") return { type, selected_conversation: first };
  const offered = [
    ...asArray(element.options),
    ...asArray(element.option_groups).flatMap((group) => asArray(asObject(group).options)),
  ].map(asObject);
  const options = wanted.map((one) => {
    const option = offered.find((o) => asString(asObject(o.text).text) === one || o.value === one);
    if (option) return option;
    throw new Error(
      `There is no option "${one}". There are: ${offered.map((o) => `"${asString(asObject(o.text).text)}"`).join(", ")}.`,
    );
  });
  const several = type.startsWith("multi_") || type === "checkboxes";
  return several ? { type, selected_options: options } : { type, selected_option: options[0] };
}
