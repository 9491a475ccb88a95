import { describe, expect, test } from "vitest";
import { slackRig } from "./rig.ts";
import { echo } from "./sample-commands.ts";

async function started(mode: "socket" | "http" = "socket") {
  const rig = await slackRig({ commands: [echo], mode });
  await rig.start();
  return { ...rig, ada: rig.slack.channel("general").user("ada") };
}

describe.each(["socket", "http"] as const)("slash commands (%s mode)", (mode) => {
  test("bare text is the main option, and the reply is posted in the channel under the person's name", async () => {
    const { ada } = await started(mode);
    const run = ada.command("/echo", "The nice woman");
    expect(await run.acknowledged()).toEqual({});
    const reply = await run.message("The nice woman");
    expect(reply.text).toMatch(/^Ada · \/echo\nThe nice woman\n/);
  });

  test("options are read from name:value, with straight and curly quotes and no-break spaces", async () => {
    const { ada } = await started(mode);
    const run = ada.command(
      "/echo",
      "text:\u201cThe nice\u00a0woman\u201d\u00a0times:2 loud:true style:bold",
    );
    const reply = await run.message();
    expect(reply.text).toContain("THE NICE WOMAN THE NICE WOMAN");
    expect(reply.text).toContain('"style":"bold"');
  });

  test("a wrong value is refused to the person alone, with the option and what is allowed", async () => {
    const { ada } = await started(mode);
    const refused = await ada.command("/echo", "text:hi times:7").ephemeral();
    expect(refused.text).toContain('times is "7"; it must be a whole number from 1 to 3.');
  });

  test("a command delivered twice is answered once", async () => {
    const { ada, slack } = await started(mode);
    const run = ada.command("/echo", "once");
    await run.message("once");
    await run.delivery!.again();
    await slack.quiet();
    expect(slack.calls("chat.postMessage")).toHaveLength(1);
  });
});

describe("slash commands", () => {
  test("a mistyped option is refused instead of becoming part of the text", async () => {
    const { ada } = await started();
    const refused = await ada.command("/echo", "hello stlye:bold").ephemeral();
    expect(refused.text).toContain('/echo has no option "stlye". Did you mean style?');
  });

  test("people and channels chosen with @ and # arrive as accounts", async () => {
    const { ada, slack } = await started();
    const reply = await ada.command("/echo", "hi to:@ben where:#random").message();
    expect(reply.text).toContain('"to":"Ben"');
    expect(reply.text).toContain(`"where":"${slack.channel("random").channel.id}"`);
  });

  test("a person written without @ is refused", async () => {
    const { ada } = await started();
    const refused = await ada.command("/echo", "hi to:ben").ephemeral();
    expect(refused.text).toContain('to is "ben"; it must be a person, chosen with @.');
  });

  test("&, <, > and addresses are read as they were typed", async () => {
    const { ada } = await started();
    const reply = await ada.command("/echo", "a < b && c > d https://example.org/?a=1&b=2").message();
    expect(reply.text).toContain("a < b && c > d https://example.org/?a=1&b=2");
  });

  test("roles come from user groups and user ids", async () => {
    const { slack } = await started();
    const role = async (name: string) =>
      /"role":"(\w+)"/.exec(
        (await slack.channel("general").user(name).command("/echo", "hi").message()).text,
      )?.[1];
    expect(await role("cleo")).toBe("teacher");
    expect(await role("ta")).toBe("assistant");
    expect(await role("ben")).toBe("student");
  });

  test("where the course names nobody, the workspace's admins are teachers", async () => {
    const rig = await slackRig({ commands: [echo], course: { roles: {} } });
    await rig.start();
    rig.slack.addUser({ name: "boss", admin: true });
    const role = async (name: string) =>
      /"role":"(\w+)"/.exec(
        (await rig.slack.channel("general").user(name).command("/echo", "hi").message()).text,
      )?.[1];
    expect([await role("boss"), await role("cleo")]).toEqual(["teacher", "student"]);
  });

  test("works in direct messages", async () => {
    const { slack } = await started();
    const reply = await slack.user("ada").direct.command("/echo", "psst").message();
    expect(reply.text).toContain("psst");
  });

  test("where the app is no member the reply comes through the event itself, for everybody", async () => {
    const { slack } = await started();
    const reply = await slack.channel("outside").user("ada").command("/echo", "from outside").message();
    expect(reply.text).toContain("from outside");
    expect(slack.calls("chat.postMessage").at(-1)?.answer.error).toBe("channel_not_found");
  });

  test("a message shortcut fills the main option with the message's text", async () => {
    const { ada, slack } = await started();
    const message = slack.channel("general").user("ben").say("Attention & <more>");
    const reply = await message.as("ada").shortcut("Echo this message").message();
    expect(reply.text).toContain("Attention & <more>");
    expect(ada.user.name).toBe("ada");
  });
});

describe("a command without text", () => {
  test("opens a form with a field for each usual option, and runs what was filled in", async () => {
    const { ada, slack } = await started();
    const modal = await ada.command("/echo").modal();
    expect(modal.title).toBe("/echo");
    expect(modal.labels).toEqual(["text", "times", "share", "loud", "style", "model", "to", "where"]);
    const ben = slack.user("ben").user.id;
    const sent = modal
      .fill({ text: "From the form", times: "2", loud: "yes", style: "bold style", to: ben })
      .submit();
    await sent.acknowledged();
    const reply = await sent.message("FROM THE FORM FROM THE FORM");
    expect(reply.text).toContain('"style":"bold","to":"Ben"');
    expect(reply.current.channel).toBe(slack.channel("general").channel.id);
  });

  test("a value that breaks a rule of the option is told at its field, and the form stays", async () => {
    const { ada, slack } = await started();
    const modal = await ada.command("/echo").modal();
    const sent = modal.fill({ text: "hi", share: "0" }).submit();
    expect(await sent.errors()).toEqual({
      share: 'share is "0"; it must be a number above 0 and at most 1.',
    });
    expect(slack.world.views.has(modal.id)).toBe(true);
  });

  test("rarely needed options appear on demand, and what was filled in stays", async () => {
    const { ada } = await started();
    const modal = await ada.command("/echo").modal();
    modal.fill({ text: "hi" }).press("More options (1)");
    await modal.updated();
    expect(modal.labels).toContain("secret");
    const sent = modal.fill({ secret: "s3" }).submit();
    expect((await sent.message("hi")).text).toContain('"secret":"s3"');
  });

  test("autocompleted options suggest, and take what was typed as it is", async () => {
    const { ada } = await started();
    const modal = await ada.command("/echo").modal();
    expect(await modal.suggestions("model", "sm")).toEqual(["smol", "small", 'Use "sm"']);
    expect(await modal.suggestions("model", "")).toEqual(["smol", "small", "large"]);
  });
});
