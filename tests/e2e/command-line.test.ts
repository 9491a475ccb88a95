import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { demonstrationTask } from "../../src/engine/learning/tasks.ts";
import { runCloze, startCloze, temporaryData } from "./cloze-process.ts";

const MINUTES = { timeout: 5 * 60_000 };

describe("cloze generate", MINUTES, () => {
  test("--json prints one object with the text, its tokens, probabilities and timing, and nothing else", async () => {
    const words = ["generate", "The nice woman", "--strategy", "greedy", "--max-new-tokens", "20", "--json"];
    const { status, stdout, stderr } = await runCloze(words);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      model: expect.any(String),
      prompt: "The nice woman",
      mode: "continuation",
      settings: { strategy: "greedy", maxNewTokens: 20 },
      seed: expect.any(Number),
      timing: {
        queueMs: expect.any(Number),
        prefillMs: expect.any(Number),
        decodeMs: expect.any(Number),
        tokensPerSecond: expect.any(Number),
      },
    });
    const [output] = result.outputs;
    expect(output.tokenIds).toHaveLength(20);
    expect(output.finishReason).toBe("max-new-tokens");
    const sum = output.tokenLogProbs.reduce((total: number, value: number) => total + value, 0);
    expect(output.logProb).toBeCloseTo(sum, 9);
    expect(output.text.length).toBeGreaterThan(0);
  });

  test("without --json it prints the text, its seed and how to get it again; the same seed gives the same text", async () => {
    const words = ["generate", "The nice woman", "--top-p", "0.9", "--seed", "7", "--max-new-tokens", "40"];
    const [printed, data] = [await runCloze(words), await runCloze([...words, "--json"])];
    const { outputs, command } = JSON.parse(data.stdout);
    expect(printed.status).toBe(0);
    expect(printed.stdout.startsWith(`The nice woman${outputs[0].text}\n`)).toBe(true);
    expect(printed.stdout).toContain("seed 7");
    expect(printed.stdout).toContain(command);
  });

  test("it writes while the model writes: Ctrl-C in the middle keeps what was written, and is told by the status", async () => {
    const running = startCloze(["generate", "Once upon a time", "--max-new-tokens", "1000"]);
    await running.says(/Once upon a time[^\n]{3}/);
    running.child.kill("SIGINT");
    const { status, stdout } = await running.ended;
    expect(status).toBe(130);
    expect(stdout).toMatch(/cancelled/);
  });
});

describe("fine-tuning", MINUTES, () => {
  test("a table becomes a set, the set a head, the head labels a text; then both are taken away", async () => {
    const data = temporaryData();
    const run = async (...words: string[]) => {
      const { status, stdout, stderr } = await runCloze([...words, "--json"], data);
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout);
    };
    const rows = demonstrationTask("opinion").examples.map(({ text, label }) => `${label}: ${text}`);
    expect(await run("examples", "add", "--set", "mood", "--list", rows.join("\n"))).toMatchObject({
      added: 80,
    });
    const trained = await run("finetune", "mood", "--epochs", "20", "--early-stopping", "false");
    expect(trained).toMatchObject({ head: "mood", labels: ["praise", "complaint"] });
    expect(trained.frozenHead.curve).toHaveLength(21);
    const { labels } = await run(
      "classify",
      "--head",
      "mood",
      "We were treated rudely and the food was cold.",
    );
    expect(labels[0].label).toBe("complaint");
    const { heads } = await run("heads", "list");
    expect(heads.map(({ name }: { name: string }) => name)).toEqual(["mood"]);
    await run("heads", "delete", "mood");
    expect(await run("heads", "list")).toEqual({ heads: [] });
    expect(await run("examples", "delete", "mood")).toMatchObject({ deleted: 80 });
    expect((await run("learning-curves")).head[0].tokens).toBe(0);
  });
});

describe("wrong input", MINUTES, () => {
  test.each([
    [
      ["generate", "x", "--top-p", "1.4"],
      /^cloze: top-p is "1\.4"; it must be a number above 0 and at most 1\.\n$/,
    ],
    [["generate", "x", "--stratgy", "beam"], /^cloze: .*Did you mean --strategy\?[^\n]*\n$/],
    [["generate"], /^cloze: prompt is missing[^\n]*\n$/],
    [["genrate", "x"], /^cloze: There is no command "genrate"\. Did you mean generate\?[^\n]*\n$/],
    [["poll", "x", "--choices", "a|b"], /^cloze: [^\n]*needs a class[^\n]*\n$/],
    [["start", "--port", "http"], /^cloze: --port is "http"; it must be a whole number[^\n]*\n$/],
    [["start", "--prot", "1"], /^cloze: cloze start takes --host ADDRESS and --port NUMBER[^\n]*\n$/],
    [["finetune", "nothing"], /^cloze: There is no set of examples "nothing"\. There is none yet[^\n]*\n$/],
    [
      ["finetune", "--task", "greek", "--l2", "11"],
      /^cloze: l2 is "11"; it must be a number from 0 to 10\.\n$/,
    ],
    [["classify", "x", "--head", "nothing"], /^cloze: There is no head "nothing"\.[^\n]*\n$/],
    [["generate", "x", "--model", "gpt5"], /^cloze: There is no model "gpt5"\.[^\n]*\n$/],
  ])("%j: status 2, one line that says what to do, nothing on standard output", async (words, told) => {
    const { status, stdout, stderr } = await runCloze(words);
    expect(stderr).toMatch(told);
    expect([status, stdout]).toEqual([2, ""]);
  });
});

describe("without work for a model", MINUTES, () => {
  test("--help and --version answer, and load none", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const [all, one, number] = await Promise.all([
      runCloze(["--help"]),
      runCloze(["generate", "--help"]),
      runCloze(["--version"]),
    ]);
    expect(all).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("generate") });
    expect(one).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("--strategy TEXT") });
    expect(number).toEqual({ status: 0, stderr: "", stdout: `${version}\n` });
  });

  test("models and help print their data as JSON", async () => {
    const models = JSON.parse((await runCloze(["models", "--json"])).stdout);
    expect(models.models[0]).toMatchObject({ id: expect.any(String), family: expect.any(String) });
    const help = JSON.parse((await runCloze(["help", "generate", "--json"])).stdout);
    expect(help.name).toBe("generate");
  });

  test("a reader that closes the pipe early is no failure", async () => {
    const running = startCloze(["generate", "--help"]);
    running.child.stdout.destroy();
    const { status, stderr } = await running.ended;
    expect([status, stderr]).toEqual([0, ""]);
  });
});

test("cloze doctor finds the shipped models as the manifest says, line by line", MINUTES, async () => {
  const { status, stdout } = await runCloze(["doctor"]);
  const lines = stdout.trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(/^(ok|warning) /);
  expect(lines.filter((line) => /^ok +model \S+: .*sizes and hashes/.test(line)).length).toBeGreaterThan(0);
  expect(status).toBe(0);
});

test("a command beside a running classroom works, and says that it keeps nothing", MINUTES, async () => {
  const data = temporaryData();
  const classroom = startCloze(["start", "--port", "0"], data);
  await classroom.says(/students/);
  const { status, stderr, stdout } = await runCloze(["models", "--json"], data);
  expect(status).toBe(0);
  expect(stderr).toContain("a classroom is running on this data");
  expect(JSON.parse(stdout)).toHaveProperty("models");
  classroom.child.kill("SIGTERM");
  expect((await classroom.ended).status).toBe(0);
});

describe("rows of JSON", MINUTES, () => {
  const rowsFile = (...rows: unknown[]) => {
    const file = join(temporaryData(), "rows.jsonl");
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return file;
  };

  test("cloze embed prints a vector of length 1 a line: of the text, or of the word at its span", async () => {
    const [a, b] = ["I saw a bat in the cave.", "He swung the bat at the ball."];
    const file = rowsFile({ text: a, span: [8, 11] }, { text: a }, { text: b, span: [13, 16] });
    const { status, stdout, stderr } = await runCloze(["embed", "--input", file]);
    expect([status, stderr]).toEqual([0, ""]);
    const vectors = stdout
      .trimEnd()
      .split("\n")
      .map((line): number[] => JSON.parse(line).vector);
    expect(vectors.map((vector) => vector.length)).toEqual([384, 384, 384]);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    // The command that compares two words has to find the same cosine.
    const compared = await runCloze([
      "words",
      "I saw a **bat** in the cave.",
      "He swung the **bat** at the ball.",
      "--json",
    ]);
    const dot = vectors[0]!.reduce((sum, value, i) => sum + value * vectors[2]![i]!, 0);
    expect(JSON.parse(compared.stdout).contextual[0][1]).toBeCloseTo(dot, 4);
  });

  test("cloze grade prints score, band, nearest reference and missing terms a line", async () => {
    const references = [
      "The sampling method draws from the likeliest tokens.",
      "It cuts the tail of the distribution.",
    ];
    const file = rowsFile(
      { question: "What does top-k do?", references, answer: "It cuts off the tail of the distribution." },
      { references, answer: "" },
    );
    const { status, stdout } = await runCloze(["grade", "--input", file]);
    expect(status).toBe(0);
    const [right, empty] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(Object.keys(right)).toEqual(["score", "band", "nearestReference", "missing"]);
    expect(right).toMatchObject({ band: "correct", nearestReference: references[1], missing: [] });
    expect(empty).toMatchObject({ score: 0, band: "incorrect" });
  });

  test("a line that can't be read is refused by its number, and nothing is printed", async () => {
    const file = rowsFile({ text: "fine" }, { text: "a bat", span: [3, 5] });
    const cut = await runCloze(["embed", "--input", file]);
    expect([cut.status, cut.stdout]).toEqual([2, ""]);
    expect(cut.stderr).toContain("Row 2: The span [3, 5] does not mark a word");
    const missing = await runCloze(["grade", "--input", rowsFile({ answer: "x" })]);
    expect([missing.status, missing.stdout]).toEqual([2, ""]);
    expect(missing.stderr).toContain("Line 1:");
    expect((await runCloze(["grade"])).stderr).toContain("cloze grade --input FILE");
  });
});
