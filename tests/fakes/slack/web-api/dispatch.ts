import { asString, type Json } from "../json.ts";
import type { Services } from "../services.ts";
import { parseJson, readArguments, type WebRequest } from "./arguments.ts";
import type { Faults } from "./faults.ts";
import { type Method, missingScope, SlackError, type TokenKind } from "./method.ts";
import { METHODS } from "./methods.ts";
import type { RateLimits } from "./rate-limits.ts";

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** One call of `https://slack.com/api/<method>`; "broken" stands for a connection that broke. */
export function callWebApi(
  name: string,
  request: WebRequest,
  services: Services,
  faults: Faults,
  rateLimits: RateLimits,
): WebAnswer | "broken" {
  const fault = faults.take(name);
  if (fault === "lost-request") return "broken";
  const answer =
    fault && fault !== "lost-response" ? failed(fault) : answerTo(name, request, services, rateLimits);
  const args = safeArguments(request);
  services.timeline.record({ kind: "call", method: name, args, answer: answer.body });
  return fault === "lost-response" ? "broken" : answer;
}

function failed(
  fault: { error: string } | { rateLimitedForSeconds: number } | { status: number },
): WebAnswer {
  if ("error" in fault) return { status: 200, headers: {}, body: { ok: false, error: fault.error } };
  if ("status" in fault)
    return { status: fault.status, headers: {}, body: { ok: false, error: "fatal_error" } };
  return tooMany(fault.rateLimitedForSeconds);
}

function tooMany(seconds: number): WebAnswer {
  return {
    status: 429,
    headers: { "retry-after": String(seconds) },
    body: { ok: false, error: "ratelimited" },
  };
}

function safeArguments(request: WebRequest): Json {
  try {
    const { token: _, ...args } = readArguments(request).args;
    return args;
  } catch {
    return {};
  }
}

function answerTo(name: string, request: WebRequest, services: Services, rateLimits: RateLimits): WebAnswer {
  const { world } = services;
  const headers: Record<string, string> = {};
  try {
    const method = METHODS.get(name);
    if (!method) throw new SlackError("unknown_method", { req_method: name });
    const { args, token } = readArguments(request);
    const kind = tokenKind(token, services);
    const granted = kind === "bot" ? [...world.app.scopes] : kind === "app" ? ["connections:write"] : [];
    headers["x-oauth-scopes"] = granted.join(",");
    headers["x-accepted-oauth-scopes"] = method.scopes.join(",");
    if (kind !== method.token && name !== "auth.test") throw new SlackError("not_allowed_token_type");
    if (method.scopes.length > 0 && !method.scopes.some((scope) => granted.includes(scope))) {
      throw missingScope(method.scopes, granted);
    }
    const wait = rateLimits.retryAfter(name, method.tier, asString(args.channel));
    if (wait > 0) return tooMany(wait);
    const missing = method.required.filter(
      (argument) => args[argument] === undefined || args[argument] === "",
    );
    if (missing.length > 0) {
      throw new SlackError("invalid_arguments", {
        response_metadata: { messages: missing.map((field) => `[ERROR] missing required field: ${field}`) },
      });
    }
    const body = method.run({ args: parseJsonArguments(method, args), token: kind, services });
    return { status: 200, headers, body: { ok: true, ...body } };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { status: 200, headers, body: { ok: false, error: error.error, ...error.extra } };
  }
}

function tokenKind(token: string, { world }: Services): TokenKind {
  if (token === "") throw new SlackError("not_authed");
  if (world.revoked.has(token)) throw new SlackError("token_revoked");
  if (token === world.tokens.bot) return "bot";
  if (token === world.tokens.app) return "app";
  if (token === world.tokens.config) return "config";
  throw new SlackError("invalid_auth");
}

function parseJsonArguments(method: Method, args: Json): Json {
  const parsed: Json = { ...args };
  for (const name of method.json ?? []) {
    const value = args[name];
    if (typeof value !== "string") continue;
    const json = parseJson(value);
    // Left as it came: each method has its own error for it.
    if (json !== undefined) parsed[name] = json;
  }
  return parsed;
}
