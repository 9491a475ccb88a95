import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fetchConfigured } from "../../../src/adapters/cli/fetch-configured.ts";
import { modelsCommand } from "../../../src/adapters/cli/models-command.ts";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { readAddedModels } from "../../../src/engine/models/hub/added-models.ts";
import { expected, filesOf, HUB_FOLDER } from "../../engine/hub/golden-hub.ts";
import { createTinyModelsDir } from "../../engine/tiny-models.ts";
import { type FakeHub, repositoryFrom, startFakeHub } from "../../fakes/hub/fake-hub.ts";

let hub: FakeHub;
let folder: string;
let embedded: ReturnType<typeof createTinyModelsDir>;
let engine: Engine;
let said: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloze-models-command-"));
  embedded = createTinyModelsDir();
  said = [];
  hub = await startFakeHub(
    ["tiny-gpt2", "tiny-olmo2"].map((name) => ({
      id: `cloze-tests/${name}`,
      files: repositoryFrom(join(HUB_FOLDER, name), filesOf(name)),
    })),
  );
  engine = createEngine({ modelsDir: embedded.modelsDir, addedModels: listPath(), threads: 1 });
});
afterEach(async () => {
  await engine.close();
  await hub.stop();
  embedded.remove();
  rmSync(folder, { recursive: true });
});

const listPath = () => join(folder, "models.json");
const request = () => ({
  hub: { endpoint: hub.endpoint, cacheDirectory: join(folder, "cache"), offline: false },
  listPath: listPath(),
  convertedDirectory: join(folder, "models"),
  say: (line: string) => void said.push(line),
  signal: new AbortController().signal,
});
const run = (...words: string[]) => modelsCommand({ ...request(), words });

it("adds a model, which the running engine then lists and runs", async () => {
  await run("add", "cloze-tests/tiny-gpt2", "--dtype", "fp32");
  expect(said.join("\n")).toMatch(
    /^cloze-tests\/tiny-gpt2, commit a1a1a1a1a1a1\nWeights {5}fp32\nDownload {4}\d+ kB( of \d+ kB; the rest is in the cache)?\nMemory {6}about \d+ kB when it runs, and 512 kB for each 1,000 tokens of a text\n/,
  );
  expect(said.filter((line) => line.includes("%")).at(-1)).toMatch(/^ 100 %/);
  expect(said.at(-1)).toBe('Try: npx cloze generate "The nice woman" --model cloze-tests/tiny-gpt2');
  expect(engine.models().map(({ id }) => id)).toEqual(["tiny-llama", "cloze-tests/tiny-gpt2"]);
  const { prompt, greedy } = expected.decoders["tiny-gpt2"]![0]!;
  const events = engine.generate({
    model: "cloze-tests/tiny-gpt2",
    prompt,
    mode: "continuation",
    settings: { strategy: "greedy", maxNewTokens: 20, wordList: "off" },
  });
  for await (const event of events) {
    if (event.type === "generation-end") expect(event.outputs[0]!.tokenIds).toEqual(greedy);
  }
  expect.assertions(5);
});

it("removes a model and keeps its files, or deletes them too", async () => {
  await run("add", "cloze-tests/tiny-gpt2");
  await run("remove", "cloze-tests/tiny-gpt2");
  expect(said.at(-1)).toMatch(/Its files stay in the cache.*--files deletes them too/);
  expect(engine.models().map(({ id }) => id)).toEqual(["tiny-llama"]);
  expect(readdirSync(join(folder, "cache"))).toContain("models--cloze-tests--tiny-gpt2");
  await run("add", "cloze-tests/tiny-gpt2");
  await run("remove", "cloze-tests/tiny-gpt2", "--files");
  expect(readdirSync(join(folder, "cache"))).not.toContain("models--cloze-tests--tiny-gpt2");
  await expect(run("remove", "cloze-tests/tiny-gpt2")).rejects.toThrow(/was not added.*No model was added/);
});

it.each([
  [["add"], "cloze models add: It is: cloze models list"],
  [["adds", "x/y"], "cloze models adds x/y: It is"],
  [["add", "x/y", "z"], "cloze models add x/y z: It is"],
  [["remove", "x/y", "--dtype", "q8"], "It is"],
  [["add", "x/y", "--dtypes", "q8"], "It is"],
  [["add", "x/y", "--dtype", "q9"], '--dtype is "q9"; it must be one of fp32, fp16, q8'],
  [["add", "/etc/passwd"], '"/etc/passwd" is no name of a model on the Hub'],
])("refuses %j and says what it takes", async (words, message) => {
  await expect(run(...words)).rejects.toThrow(message);
  expect(hub.requests).toEqual([]);
});

it("leaves no trace of a model whose download failed", async () => {
  hub.fail("onnx/model.onnx", "wrong");
  await expect(run("add", "cloze-tests/tiny-gpt2")).rejects.toThrow(
    /is not the file that the repository's commit/,
  );
  expect(engine.models().map(({ id }) => id)).toEqual(["tiny-llama"]);
});

it("downloads the models that cloze.yaml names, each once, past one that fails", async () => {
  const problems: unknown[] = [];
  const names = ["cloze-tests/nothing", "cloze-tests/tiny-gpt2", "cloze-tests/tiny-olmo2"];
  await fetchConfigured(request(), names, (error) => problems.push(error), "cloze-tests/tiny-olmo2");
  expect(readAddedModels(listPath()).map(({ description }) => description.id)).toEqual([
    "cloze-tests/tiny-olmo2",
  ]);
  await fetchConfigured(request(), names, (error) => problems.push(error));
  expect(problems).toMatchObject([{ code: "hub-unauthorised" }]);
  const before = hub.requests.length;
  await fetchConfigured(request(), names.slice(1), (error) => problems.push(error));
  expect(hub.requests).toHaveLength(before);
  expect(readAddedModels(listPath())).toHaveLength(2);
});

/** Stands for Python: puts a model that the real recipe made where it was told to, or fails as Python does. */
function recipe(body: string): string {
  const path = join(folder, "python");
  writeFileSync(path, `#!${process.execPath}\n${body}`, { mode: 0o755 });
  return path;
}

it("records what the recipe wrote, and nothing when it failed", async () => {
  const source = fileURLToPath(new URL("../../golden/converted/tiny-olmo2", import.meta.url));
  const good = recipe(`
    const [, , ...words] = process.argv;
    require("node:fs").cpSync(${JSON.stringify(source)}, words[words.indexOf("--output") + 1], { recursive: true });
    console.log(words.filter((word) => !word.startsWith("/")).join(" "));`);
  await run("convert", HUB_FOLDER, "--id", "tiny-olmo2", "--float32", "--python", good);
  expect(said[0]).toBe("-m decoder.convert --output --id tiny-olmo2 --float32");
  expect(engine.models().at(-1)).toMatchObject({ id: "tiny-olmo2", family: "decoder-only", kind: "base" });
  const bad = recipe(`console.error("ModuleNotFoundError: No module named 'torch'"); process.exit(1);`);
  await expect(run("convert", HUB_FOLDER, "--id", "other", "--python", bad)).rejects.toThrow(
    /No module named 'torch'.*pip install torch==/,
  );
  expect(readdirSync(join(folder, "models"))).toEqual(["tiny-olmo2"]);
  await expect(run("convert", HUB_FOLDER, "--id", "../x", "--python", good)).rejects.toThrow(
    /can't be called "\.\.\/x"/,
  );
  await run("remove", "tiny-olmo2");
  expect(readdirSync(join(folder, "models"))).toEqual([]);
});

it("says when Python for converting is not there", async () => {
  await expect(run("convert", HUB_FOLDER, "--id", "x", "--python", "no-such-python")).rejects.toThrow(
    /There is no "no-such-python"[\s\S]*requirements\.txt/,
  );
  expect(readdirSync(join(folder, "models"))).toEqual([]);
});
