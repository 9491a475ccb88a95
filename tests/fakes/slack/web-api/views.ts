import { interactiveElements } from "../blocks/layout.ts";
import { problemErrors, problemMessages } from "../blocks/problem.ts";
import { checkView } from "../blocks/view.ts";
import { asArray, asString, isObject, type Json, snapshot } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Services } from "../services.ts";
import type { View, World } from "../world.ts";
import { withIds } from "./message-content.ts";
import { type Call, type Method, SlackError } from "./method.ts";

/** A view as Slack answers and sends it. */
export function viewJson(world: World, view: View): Json {
  return {
    ...view.content,
    id: view.id,
    team_id: world.team.id,
    state: { values: view.state },
    hash: view.hash,
    root_view_id: view.rootId,
    previous_view_id: view.previousId ?? null,
    app_id: world.app.id,
    app_installed_team_id: world.team.id,
    bot_id: world.app.botId,
    private_metadata: view.content.private_metadata ?? "",
    callback_id: view.content.callback_id ?? "",
    external_id: view.content.external_id ?? "",
  };
}

/** Checks a view and gives its blocks their ids. */
export function readView(services: Services, value: unknown, kind: View["kind"], replaces?: View): Json {
  const problems = checkView(value, "/view", kind);
  if (problems.length > 0) {
    throw new SlackError("invalid_arguments", {
      errors: problemErrors(problems),
      response_metadata: { messages: problemMessages(problems) },
    });
  }
  const content = value as Json;
  if (Buffer.byteLength(JSON.stringify(content)) > LIMITS.view.size) throw new SlackError("view_too_large");
  const externalId = asString(content.external_id);
  for (const view of services.world.views.values()) {
    if (externalId !== "" && view !== replaces && view.content.external_id === externalId) {
      throw new SlackError("duplicate_external_id");
    }
  }
  return { ...content, blocks: withIds(asArray(content.blocks).filter(isObject), services) };
}

/** Shows a modal on top of a user's stack, or alone. */
export function showModal(services: Services, user: string, content: Json, push: boolean): View {
  const { world, timeline } = services;
  const stack = push ? (world.modalStacks.get(user) ?? []) : [];
  const id = world.id("V");
  const previousId = stack.at(-1);
  const view: View = {
    id,
    kind: "modal",
    user,
    rootId: stack[0] ?? id,
    ...(previousId !== undefined && { previousId }),
    hash: `${world.ts()}.${world.secret().slice(0, 8)}`,
    content,
    state: initialState(content),
  };
  world.views.set(id, view);
  world.modalStacks.set(user, [...stack, id]);
  timeline.record({ kind: "modal-opened", viewId: id, user, view: snapshot(viewJson(world, view)) });
  return view;
}

export function changeView(services: Services, view: View, content: Json): void {
  const { world, timeline } = services;
  const before = view.state;
  view.content = content;
  view.hash = `${world.ts()}.${world.secret().slice(0, 8)}`;
  view.state = initialState(content);
  // What a person has filled in stays as long as block and action keep their ids.
  for (const [blockId, actions] of Object.entries(view.state)) {
    for (const actionId of Object.keys(actions)) {
      const kept = before[blockId]?.[actionId];
      if (kept) actions[actionId] = kept;
    }
  }
  const kind = view.kind === "home" ? "home" : "modal-updated";
  timeline.record({ kind, viewId: view.id, user: view.user, view: snapshot(viewJson(world, view)) });
}

/** The state of every input before anybody has touched it. */
function initialState(content: Json): View["state"] {
  const state: View["state"] = {};
  for (const { block, element } of interactiveElements(content.blocks)) {
    const type = asString(element.type);
    if (type === "button" || type === "overflow") continue;
    const value: Json = { type };
    if (type.endsWith("_input")) value.value = element.initial_value ?? null;
    else if (type === "users_select") value.selected_user = element.initial_user ?? null;
    else if (type === "conversations_select")
      value.selected_conversation = element.initial_conversation ?? null;
    else if (type === "channels_select") value.selected_channel = element.initial_channel ?? null;
    else if (type === "checkboxes" || type.startsWith("multi_")) {
      value.selected_options = element.initial_options ?? [];
    } else value.selected_option = element.initial_option ?? null;
    const blockId = asString(block.block_id);
    state[blockId] = { ...state[blockId], [asString(element.action_id)]: value };
  }
  return state;
}

function findView({ args, services: { world } }: Call): View {
  for (const view of world.views.values()) {
    if (view.id === args.view_id) return view;
    if (args.external_id !== undefined && view.content.external_id === args.external_id) return view;
  }
  throw new SlackError("not_found");
}

function checkHash(args: Json, view: View | undefined): void {
  if (args.hash !== undefined && view && args.hash !== view.hash) throw new SlackError("hash_conflict");
}

export const VIEW_METHODS: readonly Method[] = [
  {
    name: "views.open",
    tier: 4,
    token: "bot",
    scopes: [],
    required: ["view", "trigger_id"],
    json: ["view"],
    run({ args, services }) {
      const content = readView(services, args.view, "modal");
      const user = services.triggers.exchange(args.trigger_id);
      return { view: viewJson(services.world, showModal(services, user, content, false)) };
    },
  },
  {
    name: "views.push",
    tier: 4,
    token: "bot",
    scopes: [],
    required: ["view", "trigger_id"],
    json: ["view"],
    run({ args, services }) {
      const content = readView(services, args.view, "modal");
      const user = services.triggers.exchange(args.trigger_id);
      const open = services.world.modalStacks.get(user)?.length ?? 0;
      if (open === 0) throw new SlackError("not_found");
      if (open >= LIMITS.view.stack) throw new SlackError("push_limit_reached");
      return { view: viewJson(services.world, showModal(services, user, content, true)) };
    },
  },
  {
    name: "views.update",
    tier: 4,
    token: "bot",
    scopes: [],
    required: ["view"],
    json: ["view"],
    run(call) {
      const { args, services } = call;
      if (args.view_id === undefined && args.external_id === undefined)
        throw new SlackError("invalid_arguments");
      const view = findView(call);
      checkHash(args, view);
      changeView(services, view, readView(services, args.view, view.kind, view));
      return { view: viewJson(services.world, view) };
    },
  },
  {
    name: "views.publish",
    tier: 4,
    token: "bot",
    scopes: [],
    required: ["view", "user_id"],
    json: ["view"],
    run({ args, services }) {
      const { world } = services;
      if (!world.options.app.homeTab) throw new SlackError("not_enabled");
      const user = asString(args.user_id);
      if (!world.users.has(user)) throw new SlackError("invalid_arguments");
      const current = world.views.get(world.homes.get(user) ?? "");
      checkHash(args, current);
      const content = readView(services, args.view, "home", current);
      const id = current?.id ?? world.id("V");
      const view = current ?? { id, kind: "home", user, rootId: id, hash: "", content, state: {} };
      world.views.set(id, view);
      world.homes.set(user, id);
      changeView(services, view, content);
      return { view: viewJson(world, view) };
    },
  },
];
