/** A real redis-server of a test's own, on a free loopback port; nothing of it stays. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

export const isRedisInstalled = spawnSync("redis-server", ["--version"]).status === 0;

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Kills it as a power cut would. */
  kill(): Promise<void>;
  /** Stands still, as a machine under load, until `resume`. */
  pause(): void;
  resume(): void;
  /** Starts it again on the same port and files. */
  start(): Promise<void>;
  /** Empties it. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** @param settings Of redis.conf, over those that make every acknowledged write durable. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "cloze-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const all = {
    bind: "127.0.0.1",
    port: String(port),
    dir: directory,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
    ...settings,
  };
  const words = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  let child: ChildProcess;
  const start = async () => {
    const started = spawn("redis-server", words, { stdio: ["ignore", "pipe", "inherit"] });
    child = started;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      started.stdout.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (said.includes("Ready to accept connections")) resolve();
      });
      started.once("exit", () => reject(new Error(`redis-server ended:\n${said}`)));
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  await start();
  return {
    url,
    port,
    start,
    kill: () => end("SIGKILL"),
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async flush() {
      const redis = new Redis(url);
      await redis.flushall();
      await redis.quit();
    },
    async stop() {
      child.kill("SIGCONT");
      await end("SIGTERM");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
