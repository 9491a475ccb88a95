import { isObject, type Json } from "../json.ts";
import { SlackError } from "./method.ts";

export interface WebRequest {
  readonly contentType: string;
  readonly authorization: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** The arguments of a call, from a form or from JSON, and the token wherever it stands. */
export function readArguments(request: WebRequest): { args: Json; token: string } {
  const bearer = /^Bearer (.+)$/.exec(request.authorization)?.[1] ?? "";
  const type = request.contentType.split(";")[0]!.trim().toLowerCase();
  let args: Json = Object.fromEntries(request.query);
  if (type === "application/json") {
    const parsed = parseJson(request.body.toString());
    if (!isObject(parsed)) throw new SlackError("invalid_json");
    args = { ...args, ...parsed };
    // With JSON the token counts only as a header.
    return { args, token: bearer };
  }
  if (type === "application/x-www-form-urlencoded" || type === "") {
    args = { ...args, ...Object.fromEntries(new URLSearchParams(request.body.toString())) };
  } else if (type !== "text/plain" && type !== "multipart/form-data") {
    throw new SlackError("invalid_post_type");
  }
  return { args, token: bearer || (typeof args.token === "string" ? args.token : "") };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `true` as JSON and as a form's word. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true" || value === "1" || value === 1;
}
