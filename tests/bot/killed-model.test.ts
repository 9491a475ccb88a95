import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allActions, allCommands } from "../../src/bot/commands/all-commands.ts";
import type { Reply } from "../../src/bot/invocation.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createTinyModelsDir } from "../engine/tiny-models.ts";
import { newest, pressOn } from "./activities/press.ts";
import { botRig } from "./bot-rig.ts";

let models: ReturnType<typeof createTinyModelsDir>;
let engine: Engine;
beforeAll(() => {
  models = createTinyModelsDir();
  engine = createEngine({ modelsDir: models.modelsDir, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  models.remove();
});

/** Kills the process that holds the language model, as the system does for want of memory, or native code by abort(). */
function killModel(signal: "SIGKILL" | "SIGABRT"): void {
  const processes = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const own = processes
    .map((line) => /^\s*(\d+)\s+(\d+)\s+cloze tiny-llama/.exec(line))
    .filter((found) => Number(found?.[2]) === process.pid);
  expect(own).toHaveLength(1);
  process.kill(Number(own[0]![1]), signal);
}

test.each(["SIGKILL", "SIGABRT"] as const)(
  "%s to a model while it writes: a vote pressed then counts, the reply says what happened, the next one is written",
  async (signal) => {
    const bot = botRig({ engine, commands: allCommands, actions: allActions });
    const teacher = bot.as("prof", "discord", "teacher");
    await teacher.command("poll", { question: "Which one cuts the tail?", choices: "greedy|top-p" });
    const poll = newest(bot, "d1").card;

    const prepared = await bot.dispatcher.command({
      id: "killed",
      command: "generate",
      options: { prompt: "The nice", "max-new-tokens": 200, "min-new-tokens": 200 },
      account: teacher.account,
      platformRole: "teacher",
      channel: { platform: "discord", id: "d1" },
      channelName: "general",
      direct: false,
    });
    if (prepared.kind !== "ready") throw new Error("refused");
    const replies: Reply[] = [];
    for await (const reply of prepared.run(new AbortController().signal)) {
      replies.push(reply);
      if (replies.length === 1) {
        killModel(signal);
        expect((await pressOn(bot.as("anna"), poll, "top-p")).text).toContain("You voted");
      }
    }
    expect(replies.at(-1)).toMatchObject({ error: { code: "worker-died" } });
    expect(
      (await teacher.command("generate", { prompt: "The nice", "max-new-tokens": 3 })).code,
    ).toBeUndefined();
  },
);
