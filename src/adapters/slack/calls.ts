import { webApi } from "@slack/bolt";
import type { Clock } from "../../bot/clock.ts";
import { callError, SlackCallError, SlackUnansweredError } from "./errors.ts";
import { methodPace, type Pace, postPace } from "./pace.ts";

type Args = Record<string, unknown>;
type Answer = webApi.WebAPICallResult & Record<string, unknown>;

export interface CallOptions {
  /**
   * Calls with one key are about one thing, e.g. a message: they go one after the other, and of those that
   * wait only the newest goes.
   */
  readonly key?: string;
  /** A state that will be replaced: goes after others and leaves them room. */
  readonly between?: boolean;
}

/** Web API calls at the pace that Slack allows. */
export interface Calls {
  /**
   * Waits for its turn, as long as Slack says after a 429, and calls. What a newer call with the same key
   * replaced gets that one's answer.
   * @throws {SlackCallError} Slack refused. @throws {SlackUnansweredError} no answer came, after three more
   *   attempts where repeating is harmless.
   */
  call(method: string, args: Args, options?: CallOptions): Promise<Answer>;
  /** Whether a call of this method would go at once. */
  free(method: string): boolean;
  /** Gives up what waits. */
  close(): void;
}

interface Waiting {
  readonly method: string;
  args: Args;
  readonly key: string | undefined;
  between: boolean;
  attempts: number;
  readonly settle: { resolve: (answer: Answer) => void; reject: (error: unknown) => void }[];
}

interface Lane {
  readonly pace: Pace;
  readonly queue: Waiting[];
  wake?: () => void;
}

/** Repeating these would do them twice. */
const ONCE = new Set([
  "chat.postMessage",
  "chat.postEphemeral",
  "chat.startStream",
  "chat.appendStream",
  "chat.stopStream",
  "files.completeUploadExternal",
  "views.open",
  "views.push",
]);
const TRANSIENT = new Set(["internal_error", "fatal_error", "service_unavailable", "request_timeout"]);
const RETRY_DELAYS_MS = [500, 2_000, 8_000];

/** @param client One that rejects when rate limited and retries nothing: both are done here, on the clock. */
export function createCalls(client: Pick<webApi.WebClient, "apiCall">, clock: Clock): Calls {
  const lanes = new Map<string, Lane>();
  const busy = new Set<string>();
  let closed = false;

  const laneOf = (method: string, args: Args): Lane => {
    const post = method === "chat.postMessage";
    const name = post ? `${method}/${String(args.channel)}` : method;
    const lane = lanes.get(name) ?? { pace: post ? postPace(clock) : methodPace(method, clock), queue: [] };
    lanes.set(name, lane);
    return lane;
  };

  const next = (lane: Lane): Waiting | undefined => {
    const free = (one: Waiting) => one.key === undefined || !busy.has(one.key);
    return lane.queue.find((one) => !one.between && free(one)) ?? lane.queue.find(free);
  };

  const pump = (lane: Lane) => {
    lane.wake?.();
    lane.wake = undefined;
    for (let one = next(lane); one; one = next(lane)) {
      const wait = lane.pace.wait(one.between);
      if (wait > 0) {
        lane.wake = clock.after(wait, () => {
          lane.wake = undefined;
          pump(lane);
        });
        return;
      }
      lane.queue.splice(lane.queue.indexOf(one), 1);
      lane.pace.count();
      void run(lane, one);
    }
  };

  const run = async (lane: Lane, one: Waiting) => {
    if (one.key !== undefined) busy.add(one.key);
    try {
      const answer = (await client.apiCall(one.method, one.args)) as Answer;
      for (const { resolve } of one.settle) resolve(answer);
    } catch (error) {
      failed(lane, one, error);
    } finally {
      if (one.key !== undefined) busy.delete(one.key);
      // All lanes: another method may wait for the same thing.
      for (const waiting of lanes.values()) if (waiting.queue.length > 0) pump(waiting);
      forgetChannels();
    }
  };

  const failed = (lane: Lane, one: Waiting, thrown: unknown) => {
    if (thrown instanceof webApi.WebAPIRateLimitedError && !closed) {
      lane.pace.blockFor(thrown.retryAfter * 1000);
      again(lane, one);
      return;
    }
    const error = callError(one.method, thrown);
    const passing =
      error instanceof SlackUnansweredError ||
      (error instanceof SlackCallError && TRANSIENT.has(error.error));
    const delay = RETRY_DELAYS_MS[one.attempts];
    if (passing && delay !== undefined && !ONCE.has(one.method) && !closed) {
      one.attempts++;
      lane.pace.blockFor(delay);
      again(lane, one);
      return;
    }
    for (const { reject } of one.settle) reject(error);
  };

  /** Back to the front, unless something newer about the same thing waits already. */
  const again = (lane: Lane, one: Waiting) => {
    const newer = one.key === undefined ? undefined : lane.queue.find(({ key }) => key === one.key);
    if (newer) newer.settle.push(...one.settle);
    else lane.queue.unshift(one);
  };

  /** Paces of methods are few and stay; those of channels come and go. */
  const forgetChannels = () => {
    for (const [name, { queue, pace }] of lanes) {
      if (name.includes("/") && queue.length === 0 && pace.full()) lanes.delete(name);
    }
  };

  return {
    call(method, args, { key, between = false } = {}) {
      return new Promise((resolve, reject) => {
        if (closed) {
          reject(new SlackUnansweredError(method, new Error("Cloze has disconnected from Slack.")));
          return;
        }
        const lane = laneOf(method, args);
        const replaced = key === undefined ? undefined : lane.queue.find((one) => one.key === key);
        if (replaced) {
          replaced.args = args;
          replaced.between &&= between;
          replaced.settle.push({ resolve, reject });
        } else {
          lane.queue.push({ method, args, key, between, attempts: 0, settle: [{ resolve, reject }] });
        }
        pump(lane);
      });
    },
    free(method) {
      const lane = laneOf(method, {});
      return lane.queue.length === 0 && lane.pace.wait(false) === 0;
    },
    close() {
      closed = true;
      for (const lane of lanes.values()) {
        lane.wake?.();
        for (const one of lane.queue.splice(0)) {
          const error = new SlackUnansweredError(one.method, new Error("Cloze has disconnected from Slack."));
          for (const { reject } of one.settle) reject(error);
        }
      }
    },
  };
}
