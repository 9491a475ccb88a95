import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, refusals } from "./api-error.ts";
import type { Faults } from "./faults.ts";
import { readBody, send } from "./http.ts";
import { limits } from "./limits.ts";
import type { Json } from "./message-form.ts";
import { type RateLimits, refused, type Verdict } from "./rate-limits.ts";
import { matchRoute, type Route } from "./route.ts";
import { commandRoutes } from "./routes-commands.ts";
import { interactionRoutes } from "./routes-interactions.ts";
import { messageRoutes } from "./routes-messages.ts";
import { resourceRoutes } from "./routes-resources.ts";
import { threadRoutes } from "./routes-threads.ts";
import type { World } from "./world.ts";

/** A request as it was answered, for tests to look at. */
export interface SeenRequest {
  method: string;
  /** After /api/v10, with the query. */
  path: string;
  body: unknown;
  files: string[];
  /** 0 when the connection was cut. */
  status: number;
  /** The body of an answer of 400 and above. */
  refusal: unknown;
  /** Clock time of the answer. */
  at: number;
}

export interface RestParts {
  world: World;
  limiter: RateLimits;
  faults: Faults;
  gatewayUrl: () => string;
}

const apiPrefix = /^\/api\/v10(\/[^?]*)(?:\?(.*))?$/;

/** The REST API: authentication, limits, parsing, routes, and a log of what was asked. */
export class Rest {
  readonly seen: SeenRequest[] = [];
  /** Requests that have arrived and are not answered yet. */
  open = 0;
  readonly #parts: RestParts;
  readonly #routes: Route[];

  constructor(parts: RestParts) {
    this.#parts = parts;
    this.#routes = [
      ...interactionRoutes,
      ...messageRoutes,
      ...threadRoutes,
      ...commandRoutes,
      ...resourceRoutes,
      { method: "GET", path: "/gateway/bot", handle: () => this.#gatewayBot() },
    ];
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open++;
    const { world, limiter } = this.#parts;
    const method = request.method ?? "GET";
    const [, path = request.url ?? "", query = ""] = apiPrefix.exec(request.url ?? "") ?? [];
    const seen: SeenRequest = {
      method,
      path: query ? `${path}?${query}` : path,
      body: undefined,
      files: [],
      status: 0,
      refusal: undefined,
      at: world.clock.now(),
    };
    try {
      const outcome = await this.#handle(request, method, path, query, seen);
      if (outcome === "cut") {
        request.socket.destroy();
        return;
      }
      seen.status = outcome.status;
      if (outcome.status >= 400) seen.refusal = outcome.body;
      seen.at = world.clock.now();
      limiter.noteAnswer(outcome.status, outcome.headers["x-ratelimit-scope"]);
      send(response, outcome.status, outcome.body, outcome.headers);
    } finally {
      this.open--;
      this.seen.push(seen);
      const refusal = seen.refusal === undefined ? "" : ` ${JSON.stringify(seen.refusal)}`;
      world.happenings.record(`${method} ${seen.path} → ${seen.status || "no answer"}${refusal}`);
    }
  }

  async #handle(
    request: IncomingMessage,
    method: string,
    path: string,
    query: string,
    seen: SeenRequest,
  ): Promise<Outcome | "cut"> {
    const headers: Record<string, string> = {};
    const { world, limiter } = this.#parts;
    try {
      const parsed = await readBody(request);
      seen.body = parsed.json;
      seen.files = parsed.files.map((f) => f.filename);
      const fault = this.#parts.faults.take(method, path);
      if (fault === "cut") return "cut";
      if (fault && "status" in fault)
        return { status: fault.status, body: { message: "Planted", code: 0 }, headers };
      if (fault) return tooMany(refused({}, fault.retryAfterS, fault.scope ?? "user"));
      if (limiter.lockedOut()) return tooMany(refused({}, limits.rest.invalidWindowMs / 1000, "global"));
      if (!/^DiscordBot \(.+\)/.test(request.headers["user-agent"] ?? ""))
        throw new ApiError(403, 0, 'A User-Agent of the form "DiscordBot ($url, $version)" is needed.');
      const match = matchRoute(this.#routes, method, path);
      if (!match) throw refusals.notFound();
      const { route, params } = match;
      if (!route.withoutToken) {
        if (request.headers.authorization !== `Bot ${world.token}`) throw refusals.unauthorized();
        const global = limiter.takeGlobal();
        if (!global.allowed) return tooMany(global);
      }
      if (route.bucket) {
        const verdict = limiter.take(route.bucket.name, route.bucket.major(world, params));
        if (!verdict.allowed) return tooMany(verdict);
        Object.assign(headers, verdict.headers);
      }
      const json = (parsed.json !== null && typeof parsed.json === "object" ? parsed.json : {}) as Json;
      const body = route.handle({
        world,
        params,
        query: new URLSearchParams(query),
        json,
        raw: parsed.json,
        files: parsed.files,
      });
      return { status: body === undefined ? 204 : 200, body, headers };
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.body(), headers };
      world.happenings.record(
        `fault of the loopback server: ${error instanceof Error ? error.stack : error}`,
      );
      return { status: 500, body: { message: "500: Internal Server Error", code: 0 }, headers };
    }
  }

  /** Source: Gateway, "Get Gateway Bot". */
  #gatewayBot(): Json {
    return {
      url: this.#parts.gatewayUrl(),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 },
    };
  }
}

interface Outcome {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

const tooMany = (verdict: Verdict): Outcome => ({
  status: 429,
  body: verdict.body,
  headers: verdict.headers,
});
