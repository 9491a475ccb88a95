import { UserError } from "../../bot/errors.ts";
import { addedModelsPath, type Config } from "../../config.ts";
import { createEngine } from "../../engine/create-engine.ts";
import { serveEngine } from "../../engine/remote/serve-engine.ts";

/** How long what is being written may go on after the signal to stop; what is left is begun again elsewhere. */
const GRACE_MS = 10_000;

interface Parts {
  readonly words: readonly string[];
  readonly config: Config;
  readonly say: (line: string) => void;
  readonly onError: (error: unknown) => void;
  /** Resolves when the worker shall stop. */
  readonly stopped: Promise<void>;
}

/**
 * `cloze worker`: runs this machine's models for every Cloze on the same Redis.
 * @throws {UserError} "redis-needed", "arguments-invalid"
 */
export async function workerCommand({ words, config, say, onError, stopped }: Parts): Promise<void> {
  if (words.length > 0) {
    throw new UserError("arguments-invalid", `cloze worker takes nothing; "${words[0]}" came.`, { words });
  }
  if (config.redisUrl === undefined) {
    throw new UserError(
      "redis-needed",
      "A worker takes its work from Redis. Set REDIS_URL to the address that the classroom uses, such as redis://192.168.1.10:6379.",
    );
  }
  const engine = createEngine({ addedModels: addedModelsPath(config) });
  const worker = await serveEngine(engine, { url: config.redisUrl, onError });
  const { models, encoders } = worker.announcement;
  const names = models.filter(({ family }) => family === "decoder-only").map(({ id }) => id);
  for (const name of names) await engine.load(name);
  say(`Worker      ready: ${[...names, ...(encoders ? ["the encoders"] : [])].join(", ")}`);
  await stopped;
  say(`Stopping. What is being written has ${GRACE_MS / 1000} s to finish.`);
  await worker.close(GRACE_MS);
  await engine.close();
}
