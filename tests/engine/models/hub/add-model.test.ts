import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AddOptions, addModel } from "../../../../src/engine/models/hub/add-model.ts";
import type { DownloadPlan } from "../../../../src/engine/models/hub/download-plan.ts";
import { createHubHttp } from "../../../../src/engine/models/hub/hub-http.ts";
import type { HubSettings } from "../../../../src/engine/models/hub/hub-settings.ts";
import { verifyFiles } from "../../../../src/engine/models/model-files.ts";
import { type FakeHub, repositoryFrom, startFakeHub } from "../../../fakes/hub/fake-hub.ts";
import { filesOf, HUB_FOLDER } from "../../hub/golden-hub.ts";

const TOKEN = "hf_secret";
const GRAPH = "onnx/model_quantized.onnx";
const repository = (name: string, more: object = {}) => ({
  id: `cloze-tests/${name}`,
  files: repositoryFrom(join(HUB_FOLDER, name), filesOf(name)),
  ...more,
});

let hub: FakeHub;
let cache: string;
const pauses: number[] = [];
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "cloze-hub-"));
  pauses.length = 0;
  hub = await startFakeHub([
    repository("tiny-llama", { card: { base_model: "cloze-tests/tiny-olmo2" } }),
    repository("tiny-olmo2", { card: { license: "apache-2.0", datasets: ["allenai/olmo-mix-1124"] } }),
    repository("tiny-qwen2", { token: TOKEN }),
    repository("tiny-t5"),
    repository("tiny-sentence"),
  ]);
});
afterEach(async () => {
  await hub.stop();
  rmSync(cache, { recursive: true });
});

function add(name: string, options: AddOptions = {}, settings: Partial<HubSettings> = {}) {
  const all = { endpoint: hub.endpoint, cacheDirectory: cache, offline: false, ...settings };
  const http = createHubHttp(all, async (ms) => void pauses.push(ms));
  return addModel(all, http, `cloze-tests/${name}`, options);
}

const blobs = (name: string) => join(cache, `models--cloze-tests--${name}`, "blobs");
const sent = (path: string) => hub.requests.filter((request) => request.path.includes(path));

describe("adding a model", () => {
  it("takes the files of one quantisation only, into the cache that all Hugging Face tools share", async () => {
    const plans: DownloadPlan[] = [];
    const model = await add("tiny-llama", { onPlan: (plan) => plans.push(plan) });
    expect(model).toMatchObject({ dtype: "q8", revision: hub.commit, layout: "transformers.js" });
    const graphs = model.files.map(({ path }) => path).filter((path) => path.endsWith(".onnx"));
    expect(graphs).toEqual([GRAPH]);
    expect(sent("model_fp16")).toEqual([]);
    const root = join(cache, "models--cloze-tests--tiny-llama");
    expect(readFileSync(join(root, "refs", "main"), "utf8")).toBe(hub.commit);
    const file = join(root, "snapshots", hub.commit, GRAPH);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(file)).toEqual(readFileSync(join(HUB_FOLDER, "tiny-llama", GRAPH)));
    expect(await verifyFiles(model)).toEqual([]);
    // 2 layers, 2 of keys and values, 2 heads of 8 numbers of 4 bytes.
    expect(plans).toMatchObject([
      { dtype: "q8", bytesPerToken: 256, weightBytes: statSync(file).size * 2.9 },
    ]);
    expect(Object.keys(plans[0]!.available).sort()).toEqual(["fp16", "fp32", "q8"]);
  });

  it("says family, kind, licence, training data and context, from the page of the model it was exported from too", async () => {
    const { description } = await add("tiny-llama");
    expect(description).toMatchObject({
      id: "cloze-tests/tiny-llama",
      family: "decoder-only",
      kind: "base",
      licence: "apache-2.0",
      trainingDataReleased: true,
      contextLength: 256,
    });
    // float32 bytes / 4, the graph's own nodes included.
    const { size } = statSync(join(HUB_FOLDER, "tiny-llama", "onnx", "model.onnx"));
    expect(description.parameters).toBe(Math.round(size / 4));
  });

  it.each([
    ["tiny-t5", "encoder-decoder", "task", ["onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx"]],
    ["tiny-sentence", "encoder-only", "sentence-encoder", ["onnx/model.onnx"]],
  ])("knows %s for what it is", async (name, family, kind, graphs) => {
    const model = await add(name);
    expect(model.description).toMatchObject({ family, kind });
    expect(model.files.map(({ path }) => path).filter((path) => path.endsWith(".onnx"))).toEqual(graphs);
  });

  it("tells the bytes as they come, up to all of them", async () => {
    const seen: [number, number][] = [];
    const model = await add("tiny-llama", { onProgress: (done, total) => seen.push([done, total]) });
    const total = model.files.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(seen.at(-1)).toEqual([total, total]);
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).toSorted((a, b) => a - b));
  });

  it("fetches nothing large a second time", async () => {
    await add("tiny-llama");
    const before = sent("/resolve/").length;
    await add("tiny-llama");
    expect(sent("/resolve/")).toHaveLength(before);
  });

  it("asks for no more than the disk has room for, before anything large is fetched", async () => {
    await expect(add("tiny-llama", { freeBytes: () => 200e6 })).rejects.toThrow(
      expect.objectContaining({
        code: "disk-full",
        message: expect.stringMatching(/needs 1 MB.*200 MB free/),
      }),
    );
    expect(sent(GRAPH)).toEqual([]);
  });

  it("refuses a quantisation that is not there and names those that are", async () => {
    await expect(add("tiny-llama", { dtype: "q4" })).rejects.toThrow("It has fp32, fp16, q8.");
  });

  it.each(["../../etc", "a/b/c", "a/..", "", "a b/c", "http://x/y", "a/b@", "a/b@../x"])(
    "refuses %j as a name",
    async (name) => {
      const settings = { endpoint: hub.endpoint, cacheDirectory: cache, offline: false };
      await expect(addModel(settings, createHubHttp(settings), name)).rejects.toThrow(
        expect.objectContaining({ code: "hub-name" }),
      );
      expect(hub.requests).toEqual([]);
    },
  );
});

describe("the connection", () => {
  it("goes on where it was cut, within one call", async () => {
    hub.fail(GRAPH, "cut", 2);
    const model = await add("tiny-llama");
    expect(await verifyFiles(model)).toEqual([]);
    const ranges = hub.requests
      .filter(({ host, path }) => host === "cdn" && path.endsWith(GRAPH))
      .map(({ range }) => range);
    const { size } = statSync(join(HUB_FOLDER, "tiny-llama", GRAPH));
    const first = Math.ceil(size * 0.6);
    const second = first + Math.ceil((size - first) * 0.6);
    expect(ranges).toEqual([undefined, `bytes=${first}-`, `bytes=${second}-`]);
  });

  it("gives up when it gets no further, keeps what came, and a later call goes on from there", async () => {
    hub.fail(GRAPH, "cut");
    const broken = hub.fail(GRAPH, "broken", 100, 1);
    await expect(add("tiny-llama")).rejects.toThrow(
      expect.objectContaining({
        code: "hub-interrupted",
        message: expect.stringMatching(/broke off 5 times .* 60 % is kept/),
      }),
    );
    expect(pauses).toEqual([1000, 1000, 2000, 4000, 8000]);
    expect(readdirSync(blobs("tiny-llama")).filter((name) => name.endsWith(".incomplete"))).toHaveLength(1);
    broken.left = 0;
    const { size } = statSync(join(HUB_FOLDER, "tiny-llama", GRAPH));
    expect(await verifyFiles(await add("tiny-llama"))).toEqual([]);
    expect(hub.requests.findLast(({ host }) => host === "cdn")?.range).toBe(
      `bytes=${Math.ceil(size * 0.6)}-`,
    );
  });

  it("starts again from nothing when the server ignores the range", async () => {
    hub.fail(GRAPH, "cut");
    hub.fail(GRAPH, "ignore-range");
    expect(await verifyFiles(await add("tiny-llama"))).toEqual([]);
  });

  it("gives up a connection on which nothing comes any more, and asks again", async () => {
    const stalled = hub.fail(GRAPH, "stall");
    const { size } = statSync(join(HUB_FOLDER, "tiny-llama", GRAPH));
    let isPartial = false;
    let isGivenUp = false;
    const adding = add("tiny-llama", {
      watch: (giveUp) => {
        if (isPartial && !isGivenUp) {
          isGivenUp = true;
          giveUp();
        }
        return () => {};
      },
      onProgress: (done, total) => {
        isPartial = done >= total - size + Math.ceil(size * 0.6) && done < total;
      },
    });
    await stalled.reached;
    expect(await verifyFiles(await adding)).toEqual([]);
    expect(isGivenUp).toBe(true);
  });

  it("takes a slow file without complaint", async () => {
    const slow = hub.fail(GRAPH, "slow");
    const adding = add("tiny-llama");
    await slow.reached;
    slow.release();
    expect(await verifyFiles(await adding)).toEqual([]);
  });

  it("waits as long as the Hub asks when it has had too many requests", async () => {
    hub.fail(GRAPH, "busy");
    await add("tiny-llama");
    expect(pauses).toEqual([7000]);
  });

  it("can be broken off, and what came is kept", async () => {
    const slow = hub.fail(GRAPH, "slow");
    const controller = new AbortController();
    const adding = add("tiny-llama", { signal: controller.signal });
    await slow.reached;
    controller.abort(new Error("enough"));
    await expect(adding).rejects.toThrow("enough");
    expect(readdirSync(join(cache, ".locks", "models--cloze-tests--tiny-llama"))).toEqual([]);
  });

  it("does not follow for ever", async () => {
    hub.fail("config.json", "loop", 100);
    await expect(add("tiny-llama")).rejects.toThrow(/sent on more than 5 times/);
  });

  it("says which host can't be reached", async () => {
    await expect(add("tiny-llama", {}, { endpoint: "http://127.0.0.1:9" })).rejects.toThrow(
      expect.objectContaining({ code: "hub-unreachable", message: expect.stringContaining("HF_ENDPOINT") }),
    );
  });
});

describe("what came", () => {
  it("is thrown away when its hash is another, and never becomes a file of the cache", async () => {
    hub.fail(GRAPH, "wrong");
    await expect(add("tiny-llama")).rejects.toThrow(expect.objectContaining({ code: "hub-wrong-contents" }));
    const kept = readdirSync(blobs("tiny-llama")).map((name) => join(blobs("tiny-llama"), name));
    expect(kept.filter((path) => statSync(path).size > 100_000)).toEqual([]);
    expect(existsSync(join(cache, "models--cloze-tests--tiny-llama", "snapshots", hub.commit, GRAPH))).toBe(
      false,
    );
    expect(await verifyFiles(await add("tiny-llama"))).toEqual([]);
  });

  it("is fetched anew when another program left a wrong beginning", async () => {
    const { files } = await add("tiny-llama");
    const { sha256 } = files.find(({ path }) => path === GRAPH)!;
    const blob = join(blobs("tiny-llama"), sha256);
    rmSync(blob);
    writeFileSync(`${blob}.incomplete`, "rubbish");
    expect(await verifyFiles(await add("tiny-llama"))).toEqual([]);
  });

  it.each([
    "../../../../evil.onnx_data",
    "/tmp/evil",
    "onnx/..\\evil",
    "C:evil",
    "onnx//x",
    "onnx/./x",
    "a\0b",
  ])("is not written to %j, whatever the listing says", async (listedAs) => {
    hub.rename("cloze-tests/tiny-llama", "generation_config.json", listedAs);
    const { files } = await add("tiny-llama");
    expect(files.map(({ path }) => path)).not.toContain(listedAs);
    const names = readdirSync(cache, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => name.includes("evil"))).toEqual([]);
  });
});

describe("who asks", () => {
  it("is told where to accept the terms of a gated model", async () => {
    await expect(add("tiny-qwen2")).rejects.toThrow(
      expect.objectContaining({
        code: "hub-gated",
        message: expect.stringContaining(`${hub.endpoint}/cloze-tests/tiny-qwen2, accept its terms`),
      }),
    );
  });

  it("sends the token to the Hub and to no other host, not even when that one sends back", async () => {
    hub.fail("onnx/model.onnx", "back");
    await add("tiny-qwen2", {}, { token: TOKEN });
    const cdn = hub.requests.filter(({ host }) => host === "cdn");
    expect(cdn.length).toBeGreaterThan(0);
    expect(cdn.every(({ authorization }) => authorization === undefined)).toBe(true);
    const back = hub.requests.filter(({ path }) => path.includes("back=1"));
    expect(back).toMatchObject([{ host: "hub", authorization: undefined }]);
    const api = hub.requests.filter(({ path }) => path.startsWith("/api/"));
    expect(api.every(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true);
  });

  it("learns that a model does not exist", async () => {
    await expect(add("nothing")).rejects.toThrow(expect.objectContaining({ code: "hub-unauthorised" }));
    await expect(add("nothing", {}, { token: TOKEN })).rejects.toThrow(
      expect.objectContaining({ code: "hub-not-found", message: expect.stringContaining("no such model") }),
    );
    await expect(add("tiny-llama@v9")).rejects.toThrow(/no such revision/);
  });
});

describe("offline", () => {
  it("uses what is in the cache and asks nobody", async () => {
    const online = await add("tiny-llama");
    const before = hub.requests.length;
    const offline = await add("tiny-llama", {}, { offline: true });
    expect(hub.requests).toHaveLength(before);
    expect(offline.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(
      online.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    );
  });

  it("says so when the model is not in the cache", async () => {
    await expect(add("tiny-llama", {}, { offline: true })).rejects.toThrow(
      expect.objectContaining({ code: "hub-offline" }),
    );
    expect(hub.requests).toEqual([]);
  });
});
