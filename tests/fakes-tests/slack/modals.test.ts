import type { App } from "@slack/bolt";
import { describe, expect, test } from "vitest";
import { socketApp } from "./bolt.ts";
import { plain, setUp } from "./setup.ts";

const input = (id: string, element: object, over: object = {}) => ({
  type: "input",
  block_id: id,
  label: plain(id),
  element: { action_id: "value", ...element },
  ...over,
});
const form = (over: object = {}) =>
  ({
    type: "modal",
    callback_id: "form",
    title: plain("Generate"),
    submit: plain("Go"),
    notify_on_close: true,
    blocks: [
      input("prompt", { type: "plain_text_input", max_length: 10 }),
      input(
        "beams",
        { type: "number_input", is_decimal_allowed: false, min_value: "1", max_value: "8" },
        { optional: true },
      ),
      input("strategy", {
        type: "static_select",
        options: [
          { text: plain("Beam search"), value: "beam" },
          { text: plain("Top-k"), value: "top-k" },
        ],
      }),
      input("token", { type: "external_select", min_query_length: 1 }, { optional: true }),
    ],
    ...over,
  }) as never;

async function openForm(listen: (app: App) => void = () => {}) {
  const { slack } = await setUp();
  await socketApp(slack, (app) => {
    app.command("/generate", async ({ ack, client, command }) => {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: form() });
    });
    listen(app);
  });
  const modal = await slack.channel("general").user("student-1").command("/generate").modal();
  return { slack, modal };
}

describe("modals through Bolt", () => {
  test("show their fields, and bring what was filled in", async () => {
    let values: unknown;
    const { modal } = await openForm((app) =>
      app.view("form", async ({ ack, view }) => {
        values = view.state.values;
        await ack();
      }),
    );
    expect(modal.title).toBe("Generate");
    expect(modal.labels).toEqual(["prompt", "beams", "strategy", "token"]);
    await modal.fill({ prompt: "Once", beams: "4", strategy: "Beam search" }).submit().acknowledged();
    await modal.closed();
    expect(values).toMatchObject({
      prompt: { value: { type: "plain_text_input", value: "Once" } },
      beams: { value: { value: "4" } },
      strategy: { value: { selected_option: { value: "beam" } } },
      token: { value: { selected_option: null } },
    });
  });

  test("are checked by Slack's client first, and nothing is sent while a field is missing or wrong", async () => {
    const { slack, modal } = await openForm();
    const before = slack.timeline.all.length;
    expect(
      await modal
        .fill({ prompt: "x".repeat(11), beams: "9" })
        .submit()
        .errors(),
    ).toEqual({
      prompt: "Use at most 10 characters.",
      beams: "Enter a number of at most 8.",
      strategy: "Please complete this required field.",
    });
    expect(await modal.fill({ beams: "2.5" }).submit().errors()).toMatchObject({
      beams: "Enter a whole number.",
    });
    expect(slack.timeline.all.slice(before)).toEqual([]);
  });

  test("show the app's errors at their fields, and stay open", async () => {
    const { modal } = await openForm((app) =>
      app.view("form", async ({ ack }) => ack({ response_action: "errors", errors: { prompt: "Too sad." } })),
    );
    const sent = modal.fill({ prompt: "Once", strategy: "Top-k" }).submit();
    expect(await sent.errors()).toEqual({ prompt: "Too sad." });
  });

  test("show trouble when the app's errors name no field", async () => {
    const { modal } = await openForm((app) =>
      app.view("form", async ({ ack }) => ack({ response_action: "errors", errors: { nowhere: "?" } })),
    );
    const sent = modal.fill({ prompt: "Once", strategy: "Top-k" }).submit();
    expect(await sent.notice()).toContain("trouble connecting");
  });

  test("become another one by response_action update; what keeps its ids keeps its value", async () => {
    const { modal } = await openForm((app) =>
      app.view("form", async ({ ack }) =>
        ack({ response_action: "update", view: form({ title: plain("Sure?") }) }),
      ),
    );
    modal.fill({ prompt: "Once", strategy: "Top-k" }).submit();
    await modal.updated();
    expect(modal.title).toBe("Sure?");
    expect(modal.view.state.prompt?.value).toMatchObject({ value: "Once" });
  });

  test("show trouble when the update is refused", async () => {
    const { modal } = await openForm((app) =>
      app.view("form", async ({ ack }) =>
        ack({ response_action: "update", view: form({ title: plain("x".repeat(25)) }) }),
      ),
    );
    const sent = modal.fill({ prompt: "Once", strategy: "Top-k" }).submit();
    expect(await sent.notice()).toContain("invalid_arguments");
  });

  test("tell the app when they are closed, if it asked for that", async () => {
    const { slack, modal } = await openForm((app) =>
      app.view({ type: "view_closed", callback_id: "form" }, async ({ ack }) => ack()),
    );
    await modal.close().acknowledged();
    expect(slack.world.views.has(modal.id)).toBe(false);
  });

  test("ask the app for suggestions while somebody types", async () => {
    const { modal } = await openForm((app) =>
      app.options({ action_id: "value", type: "block_suggestion" } as never, async ({ ack, payload }) =>
        ack({ options: [{ text: plain(`${(payload as { value: string }).value}!`), value: "1" }] }),
      ),
    );
    expect(await modal.suggestions("token", "cat")).toEqual(["cat!"]);
  });
});
