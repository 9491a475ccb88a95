import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { createWorkerHost, type WorkerHost } from "../../../src/engine/runtime/worker-host.ts";
import type { MortalCalls } from "./mortal-worker.ts";

let host: WorkerHost<MortalCalls>;
beforeEach(() => {
  const module = new URL("./mortal-worker.ts", import.meta.url);
  host = createWorkerHost<MortalCalls>({ module, name: "the test", data: undefined });
});
afterEach(() => host.close());

describe("answers", () => {
  it("gives each of many calls its own answer", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => host.call("double", i)));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
  });

  it("gives a call's events in order, before its answer", async () => {
    const seen: unknown[] = [];
    seen.push(await host.call("count", 4, { onEvent: (event) => seen.push(event) }));
    expect(seen).toEqual([1, 2, 3, 4, "done"]);
  });

  it("brings errors with a code across as EngineError, with their fields", async () => {
    await expect(host.call("refuse", undefined)).rejects.toMatchObject({
      name: "EngineError",
      code: "no-way",
      message: "It can't be done.",
      fields: { limit: 3 },
    });
  });

  it("calls a bug internal and keeps the worker's stack as its cause", async () => {
    const error = await host.call("break", undefined).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "internal", cause: { name: "TypeError", message: "a bug" } });
    expect(error.cause.stack).toContain("mortal-worker.ts");
  });
});

describe("cancelling", () => {
  it("rejects at once with the signal's reason", async () => {
    const controller = new AbortController();
    const onEvent = () => controller.abort(new Error("changed my mind"));
    const call = host.call("waitForCancel", undefined, { signal: controller.signal, onEvent });
    await expect(call).rejects.toThrow("changed my mind");
  });

  it("waits for the handler's own end when asked to finish", async () => {
    const controller = new AbortController();
    const call = host.call("waitForCancel", undefined, {
      finishSignal: controller.signal,
      onEvent: () => controller.abort(),
    });
    expect(await call).toBe("cancelled");
  });

  it("asks nothing when the signal was aborted before", async () => {
    await expect(
      host.call("double", 1, { signal: AbortSignal.abort(new Error("too late")) }),
    ).rejects.toThrow("too late");
  });
});

describe("a worker that dies", () => {
  it.each(["throwOutside", "exit", "abort"] as const)("fails every call that waits, by %s", async (name) => {
    const waiting = host.call("waitForCancel", undefined);
    const dying = host.call(name, undefined);
    await expect(waiting).rejects.toMatchObject({ code: "worker-died" });
    await expect(dying).rejects.toMatchObject({
      code: "worker-died",
      message: expect.stringMatching(
        /the test ended unexpectedly \((thrown outside any call|exit code 3|SIGABRT)\)/,
      ),
    });
  });

  it("is replaced by a new one at the next call", async () => {
    const before = await host.call("pid", undefined);
    await host.call("exit", undefined).catch(() => {});
    expect(await host.call("pid", undefined)).not.toBe(before);
  });
});

test("a worker does not outlive a host that is killed, and no signal to all processes ends it before", async () => {
  const script = fileURLToPath(new URL("./host-process.ts", import.meta.url));
  const process_ = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(process_.stdout, "data")) as [Buffer];
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(Number(line), signal);
  process.kill(Number(line), 0);
  process_.kill("SIGKILL");
  // The worker holds the same pipe, so the pipe's end is the end of both.
  await once(process_.stdout, "close");
  expect(process_.signalCode).toBe("SIGKILL");
});

describe("closing", () => {
  it("waits for running calls within the grace, and takes no new ones", async () => {
    const controller = new AbortController();
    const call = host.call("waitForCancel", undefined, { finishSignal: controller.signal });
    const closing = host.close(60_000);
    await expect(host.call("double", 1)).rejects.toMatchObject({ code: "engine-closed" });
    controller.abort();
    expect(await call).toBe("cancelled");
    await closing;
  });

  it("fails what still runs when there is no grace", async () => {
    const call = host.call("waitForCancel", undefined);
    const failure = expect(call).rejects.toMatchObject({ code: "engine-closed" });
    await host.close();
    await failure;
  });
});
