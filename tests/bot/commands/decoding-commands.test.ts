import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { createTinyModelsDir } from "../../engine/tiny-models.ts";
import { type BotRig, botRig, buttons, type Outcome } from "../bot-rig.ts";

const tiny = createTinyModelsDir();
let engine: Engine;
let rig: BotRig;

beforeAll(() => {
  engine = createEngine({ modelsDir: tiny.modelsDir, threads: 1 });
});
afterAll(async () => {
  await engine.close();
  tiny.remove();
});

/** A fresh bot each time, since its rate limits count. */
function ask(command: string, options: Record<string, unknown>): Promise<Outcome> {
  rig = botRig({ engine, commands: allCommands, actions: allActions });
  return rig.as("ada").command(command, options);
}

interface GenerateData {
  readonly seed: number;
  readonly command: string;
  readonly outputs: readonly { readonly text: string; readonly tokenIds: readonly number[] }[];
  readonly trace?: readonly unknown[];
  readonly code?: string;
}

function dataOf(outcome: Outcome): GenerateData {
  const last = outcome.replies.at(-1);
  if (last?.kind !== "message") throw new Error(`The last reply is ${JSON.stringify(last)}`);
  return last.data as GenerateData;
}

describe("/generate", () => {
  test("streams: the text grows from reply to reply and the last one carries all data", async () => {
    const outcome = await ask("generate", { prompt: "The nice", strategy: "greedy", "max-new-tokens": 8 });
    const texts = outcome.replies.flatMap((reply) =>
      reply.kind === "message"
        ? reply.card.blocks.flatMap((block) => (block.type === "quote" ? [JSON.stringify(block.text)] : []))
        : [],
    );
    expect(new Set(texts).size).toBeGreaterThan(3);
    expect(dataOf(outcome)).toMatchObject({
      model: "tiny-llama",
      prompt: "The nice",
      mode: "continuation",
      settings: { strategy: "greedy", maxNewTokens: 8 },
      timing: { queueMs: expect.any(Number), prefillMs: expect.any(Number), decodeMs: expect.any(Number) },
    });
    expect(dataOf(outcome).outputs[0]?.tokenIds).toHaveLength(8);
  });

  test("the command in its footer makes the same text again", async () => {
    const first = dataOf(await ask("generate", { prompt: "The nice", "top-p": 0.9, "max-new-tokens": 12 }));
    expect(first.command).toContain(`seed:${first.seed}`);
    const again = dataOf(
      await ask("generate", {
        prompt: "The nice",
        strategy: "sample",
        "top-p": 0.9,
        "max-new-tokens": 12,
        seed: first.seed,
      }),
    );
    expect(again.outputs).toEqual(first.outputs);
  });

  test("n-best lists every sequence with its score", async () => {
    const outcome = await ask("generate", {
      prompt: "The",
      strategy: "beam",
      "num-beams": 3,
      "num-return-sequences": 3,
      "max-new-tokens": 5,
    });
    expect(dataOf(outcome).outputs).toHaveLength(3);
    expect(outcome.text.match(/score -?\d/g)).toHaveLength(3);
  });

  test("a setting without effect is refused before anything runs, with what to do", async () => {
    const outcome = await ask("generate", { prompt: "The", strategy: "greedy", "top-p": 0.5 });
    expect(outcome.code).toBe("decoding-option");
    expect(outcome.text).toContain("top-p 0.5 has no effect with greedy decoding.");
  });

  test("a prompt longer than the context is told with both lengths", async () => {
    const outcome = await ask("generate", { prompt: "x".repeat(300) });
    expect(outcome.code).toBe("prompt-too-long");
    expect(outcome.text).toBe(
      "The prompt has 300 tokens; this model takes at most 255. Shorten it by 45 tokens or more.",
    );
  });

  test("an unknown model is answered with those there are", async () => {
    const outcome = await ask("generate", { prompt: "x", model: "gpt-5" });
    expect(outcome.text).toContain("tiny-llama");
  });

  test("trace and code come when asked for", async () => {
    const outcome = await ask("generate", {
      prompt: "The",
      "top-k": 5,
      trace: true,
      "show-code": true,
      "max-new-tokens": 3,
    });
    expect(dataOf(outcome).trace).toHaveLength(3);
    expect(dataOf(outcome).code).toContain("model.generate(");
  });

  test("its buttons work after a restart: another seed, how it chose, show code", async () => {
    const outcome = await ask("generate", { prompt: "The nice", "top-p": 0.9, "max-new-tokens": 6 });
    expect(buttons(outcome.card)).toEqual(["Another seed", "How it chose", "Show code"]);
    const row = outcome.card?.actions?.[0];
    const record = row && "buttons" in row ? row.buttons[0]!.record : "";
    const later = rig.restart().as("bob");
    const again = dataOf(await later.press("generate.again", record));
    expect(again.outputs[0]?.tokenIds.length).toBeGreaterThan(0);
    expect((await later.press("generate.steps", record)).text).toContain("p drawn from");
    expect((await later.press("generate.code", record)).text).toContain("top_p=0.9");
    expect((await later.press("generate.code", "GONE")).code).toBe("run-unknown");
  });
});

describe("/compare", () => {
  test("shows every method's text, the place where they part, and the measures", async () => {
    const outcome = await ask("compare", {
      prompt: "The",
      methods: "greedy,beam:2,top-p:0.9",
      "max-new-tokens": 8,
      seed: 7,
    });
    expect(outcome.text).toMatch(/The methods part (after|at the first token)/);
    const last = outcome.replies.at(-1);
    expect(last).toMatchObject({
      kind: "message",
      data: { seed: 7, methods: [{ method: "greedy" }, { method: "beam:2" }, { method: "top-p:0.9" }] },
    });
  });

  test("each method writes what /generate writes alone with the same settings", async () => {
    const compared = await ask("compare", {
      prompt: "The",
      methods: "greedy,top-p:0.8",
      "max-new-tokens": 8,
      seed: 11,
    });
    const last = compared.replies.at(-1);
    if (last?.kind !== "message") throw new Error("no result");
    const { methods } = last.data as { methods: { tokenIds: number[] }[] };
    const alone = dataOf(
      await ask("generate", { prompt: "The", "top-p": 0.8, seed: 11, "max-new-tokens": 8 }),
    );
    expect(methods[1]?.tokenIds).toEqual(alone.outputs[0]?.tokenIds);
  });
});

describe("/tree", () => {
  test("finds The dog has (.36) with two beams where greedy takes The nice woman (.20), without a model", async () => {
    const bare = botRig({ commands: allCommands, actions: allActions });
    const beams = await bare.as("ada").command("tree", { toy: true });
    expect(beams.text).toContain("The dog has 0.36\nThe nice woman 0.20");
    expect(beams.text).toContain("├─ nice  -0.69 (0.50)  live");
    expect(beams.text).toContain("car  -2.30 (0.10)  outscored");
    const greedy = await bare.as("ada").command("tree", { toy: true, "num-beams": 1 });
    expect(greedy.text).toMatch(/The nice woman 0\.20$/);
  });

  test("draws a real model's search and says what became of every branch", async () => {
    const outcome = await ask("tree", { prompt: "The", "num-beams": 2, "max-new-tokens": 3 });
    expect(outcome.text).toContain("(prompt)");
    expect(outcome.text).toMatch(/finished/);
  });

  test("asks for a prompt or the toy tree, and for one of them only", async () => {
    expect((await ask("tree", {})).code).toBe("option-missing");
    expect((await ask("tree", { toy: true, prompt: "A" })).code).toBe("option-unusable");
  });
});

describe("/distribution", () => {
  test("shows the model's probabilities and those after the settings, which sum to what is said", async () => {
    const outcome = await ask("distribution", { prompt: "The nice", "top-k": 3, top: 5 });
    const last = outcome.replies.at(-1);
    if (last?.kind !== "message") throw new Error("no result");
    const { raw, processed, stages } = last.data as {
      raw: { tokens: { probability: number }[]; restMass: number };
      processed: { tokens: { probability: number }[]; possibleCount: number };
      stages: { name: string; keptCount: number }[];
    };
    const sum = (tokens: { probability: number }[]) =>
      tokens.reduce((total, { probability }) => total + probability, 0);
    expect(sum(raw.tokens) + raw.restMass).toBeCloseTo(1, 5);
    expect(processed.possibleCount).toBe(3);
    expect(sum(processed.tokens)).toBeCloseTo(1, 5);
    expect(stages.map(({ name, keptCount }) => [name, keptCount])).toEqual([
      ["model", 259],
      ["top-k", 3],
    ]);
  });
});
