import type { Json } from "../json.ts";
import type { Tier } from "../limits.ts";
import type { Services } from "../services.ts";

/** A refusal: what `ok: false` answers. */
export class SlackError extends Error {
  override readonly name = "SlackError";
  /** e.g. "channel_not_found". */
  readonly error: string;
  readonly extra: Json;

  constructor(error: string, extra: Json = {}) {
    super(error);
    this.error = error;
    this.extra = extra;
  }
}

export function missingScope(needed: readonly string[], granted: readonly string[]): SlackError {
  return new SlackError("missing_scope", { needed: needed.join(","), provided: granted.join(",") });
}

export interface Call {
  readonly args: Json;
  /** The kind of token that came with it. */
  readonly token: TokenKind;
  readonly services: Services;
}

export type TokenKind = "bot" | "app" | "config";

/** One Web API method and what it takes to call it. */
export interface Method {
  readonly name: string;
  readonly tier: Tier;
  readonly token: TokenKind;
  /** The token needs one of these; none: no scope is needed. */
  readonly scopes: readonly string[];
  readonly required: readonly string[];
  /** Arguments that hold JSON, which forms carry as strings. */
  readonly json?: readonly string[];
  run(call: Call): Json;
}
