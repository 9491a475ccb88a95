import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../errors.ts";
import type { HubSettings } from "./hub-settings.ts";

/** What the Hub is asked through; tests put their own clock in. */
export interface HubHttp {
  /**
   * GET of a path of the endpoint, or of an address it gave on the same host.
   * @throws {EngineError} "hub-offline", "hub-unreachable", "hub-not-found", "hub-gated", "hub-unauthorised",
   *   "hub-refused"; those worth another try have the field `retryAfterMs`
   */
  get(path: string, headers?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Response>;
  /** The same, tried again a few times where that can help. */
  getPatiently(path: string, signal?: AbortSignal): Promise<Response>;
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const MAX_REDIRECTS = 5;
export const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export function createHubHttp(
  settings: HubSettings,
  pause: HubHttp["pause"] = async (ms, signal) => void (await delay(ms, undefined, { signal })),
): HubHttp {
  const home = new URL(settings.endpoint);

  const get: HubHttp["get"] = async (path, headers = {}, signal) => {
    if (settings.offline) throw offline(path);
    let url = new URL(path.startsWith("http") ? path : `${settings.endpoint}${path}`);
    // Once another host is asked, the token is gone, even if that host sends the request back.
    let mayKnowToken = url.host === home.host && url.protocol === home.protocol;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const sent: Record<string, string> = { ...headers, "user-agent": "cloze" };
      if (mayKnowToken && settings.token !== undefined) sent.authorization = `Bearer ${settings.token}`;
      const response = await ask(url, sent, signal);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) {
        if (response.ok) return response;
        throw await refusal(response, path, settings);
      }
      await response.body?.cancel();
      const next = new URL(location, url);
      if (!/^https?:$/.test(next.protocol) || (url.protocol === "https:" && next.protocol === "http:")) {
        throw new EngineError(
          "hub-refused",
          `${url.host} sends on to ${next.protocol}//${next.host}, which is not encrypted; Cloze does not follow.`,
          { location },
        );
      }
      mayKnowToken &&= next.host === home.host && next.protocol === home.protocol;
      url = next;
    }
    throw new EngineError(
      "hub-refused",
      `${home.host} sent on more than ${MAX_REDIRECTS} times for ${path}.`,
      {
        path,
      },
    );
  };

  return {
    get,
    pause,
    getPatiently: async (path, signal) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await get(path, {}, signal);
        } catch (error) {
          const wait = retryAfter(error, attempt);
          if (wait === undefined || attempt === MAX_ATTEMPTS) throw error;
          await pause(wait, signal);
        }
      }
    },
  };
}

/** How long to wait before trying again; undefined where that would not help. */
export function retryAfter(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof EngineError) || typeof error.fields.retryAfterMs !== "number") return undefined;
  return Math.min(LONGEST_PAUSE_MS, Math.max(error.fields.retryAfterMs, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
}

async function ask(url: URL, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: "manual", ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(url.host, cause);
  }
}

export function unreachable(host: string, cause: unknown): EngineError {
  const inner = cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : "";
  return new EngineError(
    "hub-unreachable",
    `${host} can't be reached (${inner}). Check the network; behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1, and HF_ENDPOINT for a mirror.`,
    { host, retryAfterMs: 0 },
    cause,
  );
}

async function refusal(
  response: Response,
  path: string,
  { token, endpoint }: HubSettings,
): Promise<EngineError> {
  await response.body?.cancel();
  const { status, headers } = response;
  const reason = headers.get("x-error-code");
  const fields = { status, reason, path };
  if (reason === "GatedRepo") {
    const page = `${endpoint}${path
      .replace(/^\/api\/models/, "")
      .split("/")
      .slice(0, 3)
      .join("/")}`;
    const next =
      token === undefined
        ? "accept its terms there, and set HF_TOKEN to a token of yours"
        : "accept its terms there with the account that HF_TOKEN belongs to";
    return new EngineError("hub-gated", `This model is given out on terms. Open ${page}, ${next}.`, fields);
  }
  if (status === 401 || status === 403) {
    const what =
      token === undefined
        ? "There is no such model, or it is private. Check the name; for a private one set HF_TOKEN."
        : "HF_TOKEN may not read this model, or the token is wrong or expired. Check both.";
    return new EngineError("hub-unauthorised", `${what} (${path})`, fields);
  }
  if (status === 404) {
    const what =
      reason === "RevisionNotFound"
        ? "There is no such revision of this model. Leave @revision out for the newest state."
        : reason === "EntryNotFound"
          ? "The model has no such file any more."
          : "There is no such model on the Hub. Check the name at the Hub's own search.";
    return new EngineError("hub-not-found", `${what} (${path})`, fields);
  }
  const isPassing = status === 429 || status >= 500;
  const seconds = Number(
    headers.get("retry-after") ?? /t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1] ?? 0,
  );
  return new EngineError(
    "hub-refused",
    status === 429
      ? `The Hub has had too many requests from here; it asks to wait${seconds ? ` ${seconds} s` : ""}. With HF_TOKEN set the limit is higher.`
      : `The Hub answers ${status} for ${path}.${isPassing ? " Try again in a few minutes." : ""}`,
    { ...fields, ...(isPassing ? { retryAfterMs: (Number.isFinite(seconds) ? seconds : 0) * 1000 } : {}) },
  );
}

function offline(path: string): EngineError {
  return new EngineError(
    "hub-offline",
    `HF_HUB_OFFLINE is set and ${path} is not in the cache. Unset it to download.`,
    { path },
  );
}
