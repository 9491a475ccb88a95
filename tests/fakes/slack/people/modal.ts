import { interactiveElements } from "../blocks/layout.ts";
import { suggestionPayload, viewPayload } from "../delivery/payloads.ts";
import { asArray, asObject, asString, isObject, type Json, snapshot } from "../json.ts";
import type { Services } from "../services.ts";
import { SlackError } from "../web-api/method.ts";
import { changeView, readView, showModal, viewJson } from "../web-api/views.ts";
import type { User, View } from "../world.ts";
import { choose, interactives, press, selection } from "./press.ts";
import { type Started, started } from "./started.ts";
import { blockText } from "./visible-text.ts";

/** A form on somebody's screen. */
export interface ModalHandle {
  readonly id: string;
  readonly view: View;
  readonly title: string;
  /** What one reads in it. */
  readonly text: string;
  /** The labels of its inputs, in order. */
  readonly labels: readonly string[];
  /** Fills inputs, named by label or block id. Selects take an option's label or value. */
  fill(values: Readonly<Record<string, string | readonly string[]>>): ModalHandle;
  /** The options an external select offers for what was typed. */
  suggestions(label: string, typed: string): Promise<readonly string[]>;
  /**
   * Presses the submit button. Slack's client first checks required fields and lengths and sends nothing when
   * they fail: those messages are in `errors`.
   */
  submit(): Started & { readonly errors: () => Promise<Readonly<Record<string, string>>> };
  /** Closes it with the cancel button. */
  close(): Started;
  press(label: string): Started;
  choose(label: string, ...options: string[]): Started;
  /** Resolves when the form is no longer open. */
  closed(): Promise<void>;
  /** Resolves at the next change that the app makes to it. */
  updated(): Promise<ModalHandle>;
}

export function modalHandle(services: Services, user: User, viewId: string, seenAt: number): ModalHandle {
  const { world, timeline, deliveries } = services;
  const view = world.views.get(viewId)!;
  let seen = seenAt;
  const inputs = () => interactives(view.content.blocks).filter(({ block }) => block.type === "input");
  const input = (name: string) => {
    const found = inputs().find(
      ({ block }) => block.block_id === name || asString(asObject(block.label).text) === name,
    );
    if (found) return found;
    const labels = inputs().map(({ block }) => `"${asString(asObject(block.label).text)}"`);
    throw new Error(`The form has no field "${name}". It has: ${labels.join(", ") || "none"}.`);
  };

  const handle: ModalHandle = {
    id: viewId,
    view,
    get title() {
      return asString(asObject(view.content.title).text);
    },
    get text() {
      return asArray(view.content.blocks).filter(isObject).map(blockText).join("\n");
    },
    get labels() {
      return inputs().map(({ block }) => asString(asObject(block.label).text));
    },
    fill(values) {
      for (const [name, value] of Object.entries(values)) {
        const { block, element } = input(name);
        const wanted = typeof value === "string" ? [value] : value;
        const type = asString(element.type);
        const state: Json = type.endsWith("_input")
          ? { type, value: wanted[0] === "" ? null : wanted[0] }
          : type === "external_select"
            ? { type, selected_option: { text: { type: "plain_text", text: wanted[0] }, value: wanted[0] } }
            : selection(element, wanted);
        view.state[asString(block.block_id)] = { [asString(element.action_id)]: state };
      }
      return handle;
    },
    async suggestions(label, typed) {
      const { block, element } = input(label);
      const [blockId, actionId] = [asString(block.block_id), asString(element.action_id)];
      const payload = suggestionPayload(services, user, view, blockId, actionId, typed);
      const outcome = await deliveries.interaction("interactive", payload, "block_suggestion").outcome;
      if (!outcome.acknowledged) throw new Error(`No suggestions came: ${outcome.reason}.`);
      return asArray(asObject(outcome.body).options).map((option) =>
        asString(asObject(asObject(option).text).text),
      );
    },
    submit() {
      const from = timeline.all.length;
      const refused = clientErrors(view);
      if (Object.keys(refused).length > 0) {
        return { ...started(services, user, undefined, from, undefined), errors: async () => refused };
      }
      const payload = viewPayload(services, "view_submission", user, view);
      const delivery = deliveries.interaction("interactive", payload, "view_submission");
      const answered = delivery.outcome.then((outcome) =>
        outcome.acknowledged
          ? applyAnswer(services, user, view, asObject(outcome.body))
          : trouble(services, user, outcome.reason),
      );
      return { ...started(services, user, undefined, from, delivery), errors: () => answered };
    },
    close() {
      const from = timeline.all.length;
      closeView(services, view);
      const notify = view.content.notify_on_close === true;
      const delivery = notify
        ? deliveries.interaction(
            "interactive",
            viewPayload(services, "view_closed", user, view),
            "view_closed",
          )
        : undefined;
      return started(services, user, undefined, from, delivery);
    },
    press: (label) => press(services, user, { view }, view.content.blocks, label),
    choose: (label, ...options) => choose(services, user, { view }, view.content.blocks, label, options),
    async closed() {
      await timeline.wait(`modal ${viewId} to close`, seenAt, (happening) =>
        happening.kind === "modal-closed" && happening.viewId === viewId ? true : undefined,
      );
    },
    updated: () =>
      timeline.wait(`modal ${viewId} to change`, seen + 1, (happening, index) => {
        if (happening.kind !== "modal-updated" || happening.viewId !== viewId) return undefined;
        seen = index;
        return handle;
      }),
  };
  return handle;
}

/** What Slack's client checks before it sends a form. */
function clientErrors(view: View): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element } of interactiveElements(view.content.blocks)) {
    if (block.type !== "input") continue;
    const id = asString(block.block_id);
    const state = view.state[id]?.[asString(element.action_id)] ?? {};
    const { type: _, ...values } = state;
    const filled = Object.values(values).filter(
      (v) => v !== null && v !== undefined && !(Array.isArray(v) && v.length === 0),
    );
    if (filled.length === 0) {
      if (block.optional !== true) errors[id] = "Please complete this required field.";
      continue;
    }
    const value = state.value;
    if (typeof value !== "string") continue;
    if (element.type === "number_input") {
      if (Number.isNaN(Number(value))) errors[id] = "Enter a number.";
      else if (element.is_decimal_allowed === false && !Number.isInteger(Number(value)))
        errors[id] = "Enter a whole number.";
      else if (element.min_value !== undefined && Number(value) < Number(element.min_value)) {
        errors[id] = `Enter a number of at least ${String(element.min_value)}.`;
      } else if (element.max_value !== undefined && Number(value) > Number(element.max_value)) {
        errors[id] = `Enter a number of at most ${String(element.max_value)}.`;
      }
    } else if (value.length > Number(element.max_length ?? 3000)) {
      errors[id] = `Use at most ${Number(element.max_length ?? 3000)} characters.`;
    } else if (value.length < Number(element.min_length ?? 0)) {
      errors[id] = `Use at least ${Number(element.min_length)} characters.`;
    }
  }
  return errors;
}

function trouble(services: Services, user: User, reason: string): Record<string, string> {
  const text = `We had some trouble connecting. Try again? (${reason})`;
  services.timeline.record({ kind: "notice", user: user.id, channel: "", text });
  return {};
}

function closeView({ world, timeline }: Services, view: View, all = false): void {
  const stack = world.modalStacks.get(view.user) ?? [];
  const closing = all ? stack : [view.id];
  world.modalStacks.set(
    view.user,
    stack.filter((id) => !closing.includes(id)),
  );
  for (const id of closing) {
    const closed = world.views.get(id)!;
    timeline.record({
      kind: "modal-closed",
      viewId: id,
      user: view.user,
      view: snapshot(viewJson(world, closed)),
    });
    world.views.delete(id);
  }
}

/** What the acknowledgement of a submission does to the form. Returns the errors that are shown in it. */
function applyAnswer(services: Services, user: User, view: View, body: Json): Record<string, string> {
  try {
    switch (body.response_action) {
      case undefined:
        closeView(services, view);
        return {};
      case "clear":
        closeView(services, view, true);
        return {};
      case "update":
        changeView(services, view, readView(services, body.view, "modal", view));
        return {};
      case "push":
        showModal(services, user.id, readView(services, body.view, "modal"), true);
        return {};
      case "errors": {
        const errors = asObject(body.errors) as Record<string, string>;
        const inputs = asArray(view.content.blocks).filter((block) => asObject(block).type === "input");
        const ids = inputs.map((block) => asObject(block).block_id);
        const strange = Object.keys(errors).find((id) => !ids.includes(id));
        return strange === undefined ? errors : trouble(services, user, `no input block "${strange}"`);
      }
      default:
        return trouble(services, user, `unknown response_action "${String(body.response_action)}"`);
    }
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return trouble(services, user, error.error);
  }
}
