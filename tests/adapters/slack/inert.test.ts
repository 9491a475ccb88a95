import { describe, expect, test } from "vitest";
import { textCard } from "../../../src/bot/cards/card.ts";
import { slackRig } from "./rig.ts";
import { echo, fedAction, fedCommand, feed } from "./sample-commands.ts";

const HOSTILE = [
  "<!channel> <!here|here> <!everyone> <!subteam^S1> @channel @everyone",
  "*bold* _slanted_ ~struck~ `code` ```block```",
  "[click](https://evil.example/a) <https://evil.example/b|bank> https://evil.example/c",
  "> quoted\n# heading\n- list\n1. number",
  "&lt;!channel&gt; &amp;lt;",
  ":wave: :smile:",
];

describe("text of people and models", () => {
  test.each(HOSTILE)("comes out as it went in, and does nothing: %j", async (text) => {
    const rig = await slackRig({ commands: [echo] });
    await rig.start();
    const ben = rig.slack.user("ben").user.id;
    const typed = `${text} <@${ben}>`;
    const reply = await rig.slack
      .channel("general")
      .user("ada")
      .command("/echo", `text:"${typed.replaceAll("`", "`")}"`)
      .message();
    expect(reply.text).toContain(typed);
    expect(reply.effects).toEqual({ pings: [], links: [] });
  });

  test.each(HOSTILE)("stays inert while it is streamed: %j", async (text) => {
    const source = feed();
    const rig = await slackRig({ commands: [fedCommand(source)] });
    await rig.start();
    const run = rig.slack.channel("general").user("ada").command("/slow");
    source.send({ blocks: [{ type: "quote", text: `${text} <@U1> ▍` }] });
    await rig.slack.quiet();
    const reply = await run.message("<@U1>");
    expect(rig.slack.calls("chat.startStream")).toHaveLength(1);
    expect(reply.text).toBe(`${text} <@U1>`);
    expect(reply.effects).toEqual({ pings: [], links: [] });
  });

  test("stays inert in buttons, menus, forms and private replies", async () => {
    const source = feed();
    const pressed = feed();
    const rig = await slackRig({
      commands: [fedCommand(source, { visibility: "private" })],
      actions: [fedAction(pressed)],
    });
    await rig.start();
    const hostile = "<!channel> *b* <@U1>";
    const run = rig.slack.channel("general").user("ada").command("/slow");
    source.send({
      kind: "private",
      card: textCard(hostile, {
        title: hostile,
        footer: [hostile, { code: hostile }],
        actions: [
          { buttons: [{ label: hostile, action: "test.go", record: "r" }] },
          {
            select: {
              action: "test.go",
              record: "r",
              placeholder: hostile,
              choices: [{ label: hostile, value: "v" }],
            },
          },
        ],
      }),
    });
    source.end();
    const shown = await run.ephemeral();
    expect(shown.effects).toEqual({ pings: [], links: [] });
    expect(shown.buttons).toEqual([hostile]);
    const press = shown.press(hostile);
    pressed.send({
      kind: "modal",
      modal: {
        title: hostile,
        action: "test.go",
        record: "r",
        fields: [{ id: "a", label: hostile, kind: "line", value: hostile }],
      },
    });
    pressed.end();
    const modal = await press.modal();
    expect([modal.title, modal.labels]).toEqual([hostile, [hostile]]);
  });

  test("that reorders or hides what follows loses that power and keeps its letters", async () => {
    const rig = await slackRig({ commands: [echo] });
    await rig.start();
    const reply = await rig.slack
      .channel("general")
      .user("ada")
      .command("/echo", 'text:"abc\u202egnp.exe \u2067שלום\u0000 می\u200cخواهم"')
      .message();
    expect(reply.text).toContain("abcgnp.exe שלום می\u200cخواهم");
  });

  test("names of people can't do anything either", async () => {
    const rig = await slackRig({ commands: [echo] });
    await rig.start();
    rig.slack.addUser({ name: "mallory", realName: "<!channel> *M*" });
    const reply = await rig.slack.channel("general").user("mallory").command("/echo", "hi").message();
    expect(reply.text).toContain("<!channel> *M* · /echo");
    expect(reply.effects.pings).toEqual([]);
  });
});
