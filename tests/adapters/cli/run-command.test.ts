import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cliMessenger } from "../../../src/adapters/cli/cli-messenger.ts";
import { readArguments } from "../../../src/adapters/cli/command-arguments.ts";
import { runCommand, type Terminal } from "../../../src/adapters/cli/run-command.ts";
import { type AnyCommand, defineCommand } from "../../../src/bot/commands/spec.ts";
import { openMemoryStore } from "../../../src/bot/store/open-store.ts";
import type { Store } from "../../../src/bot/store/store.ts";
import { ask, createWriter, fail, onePixelPng, show, whisper } from "../web/trial-commands.ts";
import { connectAdapter } from "../web/web-classroom.ts";

let store: Store;
beforeEach(() => {
  store = openMemoryStore();
});
afterEach(() => store.close());

const announce: AnyCommand = defineCommand({
  name: "announce",
  description: "Posts to a channel",
  options: {},
  examples: [],
  ack: "instant",
  visibility: "channel",
  async *run({ place }, { messenger }) {
    await messenger.post(place.channel, { blocks: [] });
    yield { kind: "message", card: { blocks: [] } };
  },
});
const elsewhere: AnyCommand = {
  ...announce,
  name: "elsewhere",
  unavailable: { cli: "Use it in the classroom." },
};

async function run(
  command: AnyCommand,
  words: readonly string[],
  {
    signal = new AbortController().signal,
    onOutput = () => {},
  }: { signal?: AbortSignal; onOutput?: (text: string) => void } = {},
) {
  let stdout = "";
  let stderr = "";
  const out = new PassThrough().on("data", (chunk) => {
    stdout += chunk;
    onOutput(stdout);
  });
  const terminal: Terminal = {
    stdout: out as unknown as NodeJS.WriteStream,
    stderr: {
      write(text: string | Uint8Array) {
        stderr += String(text);
        return true;
      },
    },
  };
  const dispatcher = connectAdapter({ messenger: cliMessenger }, { commands: [command], store });
  const status = await runCommand(dispatcher, command, readArguments(command, words), terminal, signal);
  return { status, stdout, stderr };
}

describe("--json", () => {
  test("prints the data of the final reply as one object, and nothing else", async () => {
    const { command, give, finish } = createWriter();
    give(" upon");
    give(" a time");
    finish();
    const { status, stdout, stderr } = await run(command, ["Once", "--json"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual({ text: " upon a time" });
  });

  test("prints nothing when the command fails", async () => {
    expect(await run(fail, ["midway", "--json"])).toMatchObject({ status: 1, stdout: "" });
    expect(await run(fail, ["user", "--json"])).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("what goes wrong", () => {
  test("bad input: status 2, one line, nothing on standard output", async () => {
    const { command } = createWriter();
    expect(await run(command, ["x", "--top-p", "7"])).toEqual({
      status: 2,
      stdout: "",
      stderr: 'cloze: top-p is "7"; it must be a number above 0 and at most 1.\n',
    });
    expect(await run(command, [])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^cloze: prompt is missing.*\n$/),
    });
  });

  test("a fault of Cloze: status 1, a number for the log, and what was written is kept", async () => {
    const { status, stdout, stderr } = await run(fail, ["midway"]);
    expect(status).toBe(1);
    expect(stdout).toContain("As far as it came");
    expect(stderr).toMatch(/^cloze: .*under [0-9a-f]{8}.*\n$/);
  });

  test("a command that needs a class says why it can't run here", async () => {
    expect(await run(elsewhere, [])).toEqual({
      status: 2,
      stdout: "",
      stderr: "cloze: Use it in the classroom.\n",
    });
    expect(await run(announce, [])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("reaches no channel"),
    });
    expect(await run(ask, [])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("asks by a form"),
    });
  });
});

test("without --json the text is written before the command ends", async () => {
  const { command, give, finish } = createWriter();
  give(" upon");
  give(" a");
  const seen = await run(command, ["Once"], {
    onOutput: (text) => {
      // The command only ends after its first words were seen.
      if (text.includes("Once upon") && !text.includes("time")) {
        give(" time");
        finish();
      }
    },
  });
  expect(seen).toMatchObject({ status: 0, stderr: "" });
  expect(seen.stdout).toBe("Once upon a time\n\nsample, 60 tokens at most\n");
});

test("a private answer is printed like any other", async () => {
  expect((await run(whisper, ["hello"])).stdout).toBe("For your eyes: hello\n");
});

test("Ctrl-C ends the command, keeps what it wrote, and is told by status 130", async () => {
  const { command, give } = createWriter();
  const controller = new AbortController();
  give(" upon");
  give(" a");
  const seen = await run(command, ["Once"], {
    signal: controller.signal,
    onOutput: (text) => {
      if (text.includes("Once upon")) controller.abort();
    },
  });
  expect(seen.status).toBe(130);
  expect(seen.stdout).toMatch(/^Once upon a\n/);
});

test("--save writes the result's pictures and files, under their own names and nowhere else", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cloze-save-"));
  const { stderr } = await run(show, ["--save", directory]);
  expect(readFileSync(join(directory, "results.csv"), "utf8")).toBe("a,b\n1,2\n");
  expect(new Uint8Array(readFileSync(join(directory, "dot.png")))).toEqual(new Uint8Array(onePixelPng()));
  expect(stderr).toBe(
    `cloze: wrote ${join(directory, "dot.png")}\ncloze: wrote ${join(directory, "results.csv")}\n`,
  );
});

test("with NO_COLOR or into a pipe there is no escape sequence", async () => {
  expect((await run(show, [])).stdout).not.toContain("\u001b");
});
