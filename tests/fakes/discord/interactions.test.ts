import { Events, MessageFlags } from "discord.js";
import { afterEach, beforeEach, test } from "vitest";
import { handClock } from "../hand-clock.ts";
import { connect } from "./client.ts";
import { FakeDiscord } from "./fake-discord.ts";

const clock = handClock();
let discord: FakeDiscord;
beforeEach(async () => {
  discord = await FakeDiscord.start({ clock, buckets: "unlimited" });
});
afterEach(() => discord.close());

test("hello", async () => {
  const client = await connect(discord);
  await client.application.commands.create(
    {
      name: "hi",
      description: "says hi",
      options: [{ name: "prompt", type: 3, description: "x", required: true }],
    },
    discord.guild.id,
  );
  client.on(Events.InteractionCreate, async (i) => {
    if (i.isChatInputCommand()) {
      await i.deferReply();
      await i.editReply({
        content: `hi ${i.options.getString("prompt")}`,
        components: [{ type: 1, components: [{ type: 2, style: 1, label: "go", custom_id: "go" }] }],
      });
      await i.followUp({ content: "secret", flags: MessageFlags.Ephemeral });
    } else if (i.isButton()) await i.update({ content: "pressed", components: [] });
  });
  const student = discord.channel("general").user("student-1");
  const use = student.command("/hi", { prompt: "x" });
  const m = await use.message((m) => m.content === "hi x");
  await use.ephemeral();
  const press = student.press(m, "go");
  await press.message((m) => m.content === "pressed");
  await client.destroy();
});
