import { describe, expect, test } from "vitest";
import { plain, refusal, setUp } from "./setup.ts";

const input = (blockId: string, over: object = {}) => ({
  type: "input",
  block_id: blockId,
  label: plain(blockId),
  element: { type: "plain_text_input", action_id: "value" },
  ...over,
});
const modal = (over: object = {}) => ({
  type: "modal",
  callback_id: "form",
  title: plain("Form"),
  submit: plain("Send"),
  blocks: [input("name")],
  ...over,
});
const home = (over: object = {}) => ({ type: "home", blocks: [{ type: "divider" }], ...over });

/** A trigger id as a command would bring it. */
async function setUpWithTrigger(options: Parameters<typeof setUp>[0] = {}) {
  const setup = await setUp(options);
  const user = setup.slack.user("student-1").user.id;
  const open = (view: object, trigger = setup.slack.triggers.issue(user)) =>
    setup.web.views.open({ trigger_id: trigger, view: view as never });
  return { ...setup, user, open };
}

describe("trigger ids", () => {
  test("open one modal, then no more: exchanged_trigger_id", async () => {
    const { slack, user, open } = await setUpWithTrigger();
    const trigger = slack.triggers.issue(user);
    expect((await open(modal(), trigger)).ok).toBe(true);
    expect((await refusal(open(modal(), trigger))).error).toBe("exchanged_trigger_id");
  });

  test("live three seconds: expired_trigger_id", async () => {
    const { slack, user, open, clock } = await setUpWithTrigger();
    const [early, late] = [slack.triggers.issue(user), slack.triggers.issue(user)];
    await clock.advance(3000);
    expect((await open(modal(), early)).ok).toBe(true);
    await clock.advance(1);
    expect((await refusal(open(modal(), late))).error).toBe("expired_trigger_id");
  });

  test("can't be made up: invalid_trigger_id", async () => {
    const { open } = await setUpWithTrigger();
    expect((await refusal(open(modal(), "1.2.abc"))).error).toBe("invalid_trigger_id");
  });

  test("are not used up by a view that is refused", async () => {
    const { slack, user, open } = await setUpWithTrigger();
    const trigger = slack.triggers.issue(user);
    await refusal(open(modal({ title: plain("") }), trigger));
    expect((await open(modal(), trigger)).ok).toBe(true);
  });
});

describe("views", () => {
  test.each([
    [
      "a title of 25 characters",
      { title: plain("x".repeat(25)) },
      "must be less than 25 characters [json-pointer:/view/title/text]",
    ],
    [
      "a submit label of 25 characters",
      { submit: plain("x".repeat(25)) },
      "must be less than 25 characters [json-pointer:/view/submit/text]",
    ],
    [
      "an input without a submit button",
      { submit: undefined },
      "missing required field: submit [json-pointer:/view]",
    ],
    [
      "101 blocks",
      { blocks: Array(101).fill({ type: "divider" }) },
      "no more than 100 items allowed [json-pointer:/view/blocks]",
    ],
    [
      "private metadata of 3,001 characters",
      { private_metadata: "x".repeat(3001) },
      "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ],
    [
      "a callback id of 256 characters",
      { callback_id: "x".repeat(256) },
      "must be less than 256 characters [json-pointer:/view/callback_id]",
    ],
    [
      "a table",
      { blocks: [{ type: "table", rows: [] }] },
      "unsupported type: table [json-pointer:/view/blocks/0/type]",
    ],
    [
      "a property Slack does not know",
      { color: "red" },
      "invalid additional property: color [json-pointer:/view]",
    ],
  ])("a modal with %s is refused: invalid_arguments", async (_rule, over, message) => {
    const { open } = await setUpWithTrigger();
    const answer = await refusal(open(modal(over)));
    expect(answer.error).toBe("invalid_arguments");
    expect((answer.response_metadata as { messages: string[] }).messages).toContain(`[ERROR] ${message}`);
  });

  test("a view of more than 250 kB is refused: view_too_large", async () => {
    const { open } = await setUpWithTrigger();
    const blocks = Array.from({ length: 100 }, () => ({ type: "section", text: plain("x".repeat(3000)) }));
    expect((await refusal(open(modal({ blocks })))).error).toBe("view_too_large");
  });

  test("an external id serves one view: duplicate_external_id", async () => {
    const { open } = await setUpWithTrigger();
    await open(modal({ external_id: "one" }));
    expect((await refusal(open(modal({ external_id: "one" })))).error).toBe("duplicate_external_id");
  });

  test("at most three modals stand on each other: push_limit_reached", async () => {
    const { slack, web, user, open } = await setUpWithTrigger();
    const push = () => web.views.push({ trigger_id: slack.triggers.issue(user), view: modal() as never });
    expect((await refusal(push())).error).toBe("not_found");
    await open(modal());
    await push();
    await push();
    expect((await refusal(push())).error).toBe("push_limit_reached");
  });

  test("an update of a view that is not there is refused: not_found", async () => {
    const { web } = await setUpWithTrigger();
    expect((await refusal(web.views.update({ view_id: "V0", view: modal() as never }))).error).toBe(
      "not_found",
    );
  });

  test("an update with an old hash is refused: hash_conflict", async () => {
    const { web, open } = await setUpWithTrigger();
    const { view } = await open(modal());
    const update = (hash: string) => web.views.update({ view_id: view!.id!, hash, view: modal() as never });
    await update(view!.hash!);
    expect((await refusal(update(view!.hash!))).error).toBe("hash_conflict");
  });

  test("the home tab must be switched on: not_enabled", async () => {
    const { web, user } = await setUpWithTrigger({ app: { homeTab: false } });
    expect((await refusal(web.views.publish({ user_id: user, view: home() as never }))).error).toBe(
      "not_enabled",
    );
  });

  test("the home tab takes no modal", async () => {
    const { web, user } = await setUpWithTrigger();
    expect((await refusal(web.views.publish({ user_id: user, view: modal() as never }))).error).toBe(
      "invalid_arguments",
    );
    expect((await web.views.publish({ user_id: user, view: home() as never })).ok).toBe(true);
  });
});
