import { describe, expect, test } from "vitest";
import { link } from "../../../src/bot/commands/link.ts";
import { rosterActions, rosterImport, rosterShow } from "../../../src/bot/commands/roster.ts";
import { type BotRig, botRig } from "../bot-rig.ts";

const rig = () => botRig({ commands: [link, rosterImport, rosterShow], actions: rosterActions });
const CANVAS = 'Student,ID,SIS User ID,SIS Login ID,Section\n"Doe, Anna",17,s170,anna@uni.example,1\n';
const importRoster = (bot: BotRig, csv = CANVAS) =>
  bot.as("roe", "discord", "teacher").command("roster import", { csv });

describe("/link", () => {
  test("gives a code in private that joins the account which uses it", async () => {
    const bot = rig();
    const asked = await bot.as("anna").command("link");
    expect(asked.prepared).toMatchObject({ visibility: "private" });
    expect(asked.text).toContain("Show it to nobody");
    const code = /\/link code:(\S+)/.exec(asked.text)![1]!;
    const done = await bot.as("anna-on-slack", "slack").command("link", { code });
    expect(done.text).toContain("These accounts are one person now.");
    expect(done.text).toContain("anna in Discord, anna-on-slack in Slack");
    expect((await bot.as("ben", "web").command("link", { code })).code).toBe("link-code-unknown");
  });

  test("tells a guest of the web classroom that they are one", async () => {
    expect((await rig().as("anna", "web").command("link")).text).toContain("Role: guest, until");
  });

  test("joins a student with their line of the roster", async () => {
    const bot = rig();
    await importRoster(bot);
    const done = await bot.as("anna").command("link", { "student-id": "anna@uni.example" });
    expect(done.text).toContain("Name: Doe, Anna");
    expect(done.text).toContain("Student ID: s170");
    expect((await bot.as("ben").command("link", { "student-id": "s170" })).code).toBe("student-taken");
  });

  test("refuses both at once, a wrong code, and the command line", async () => {
    const bot = rig();
    expect((await bot.as("anna").command("link", { code: "x", "student-id": "y" })).code).toBe("link-two");
    expect((await bot.as("anna").command("link", { code: "AAAA-AAAA" })).code).toBe("link-code-unknown");
    expect((await bot.as("anna", "cli").command("link")).code).toBe("command-unavailable");
  });
});

describe("/roster", () => {
  test("imports what is pasted and names the lines it can't take", async () => {
    const done = await importRoster(rig(), `${CANVAS}Roe,,x,y,1\n`);
    expect(done.text).toBe("Roster\n1 added, 0 changed, 0 there already.\nNot taken\nline 3: Roe has no ID");
  });

  test("opens a form when nothing is given, and imports what the form sends", async () => {
    const bot = rig();
    const teacher = bot.as("roe", "discord", "teacher");
    const asked = await teacher.command("roster import");
    expect(asked.replies).toMatchObject([{ kind: "modal", modal: { action: "roster.import" } }]);
    const done = await teacher.press("roster.import", "-", undefined, { fields: { csv: CANVAS } });
    expect(done.text).toContain("1 added");
    expect((await teacher.press("roster.import", "-", undefined, { fields: {} })).code).toBe(
      "roster-unreadable",
    );
    expect((await bot.as("t", "cli", "teacher").command("roster import")).code).toBe("option-missing");
  });

  test("is for the teacher, the form too", async () => {
    const bot = rig();
    const ta = bot.as("tom", "discord", "assistant");
    expect((await ta.command("roster import", { csv: CANVAS })).code).toBe("role-needed");
    expect((await ta.command("roster show")).code).toBe("role-needed");
    expect((await ta.press("roster.import", "-", undefined, { fields: { csv: CANVAS } })).code).toBe(
      "role-needed",
    );
  });

  test("shows who has joined, who has not, and guests", async () => {
    const bot = rig();
    await importRoster(bot, `${CANVAS}"Roe, Ben",18,s180,b,1\n`);
    await bot.as("anna").command("link", { "student-id": "s170" });
    await bot.as("cara", "slack").command("link");
    await bot.as("guest", "web").command("link");
    expect((await bot.as("roe", "discord", "teacher").command("roster show")).text).toBe(
      [
        "Roster",
        "Staff: 1",
        "roe in Discord",
        "Students of the roster who have joined: 1",
        "Doe, Anna (s170) in Discord",
        "Students of the roster who have not been here: 1",
        "Roe, Ben (s180)",
        "Students who are not in the roster: 1",
        "cara in Slack",
        "Guests of the web classroom: 1",
        "guest in the web classroom",
      ].join("\n"),
    );
  });
});
