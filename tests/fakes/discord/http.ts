import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, refusals } from "./api-error.ts";
import { limits } from "./limits.ts";
import type { Json, UploadedFile } from "./message-form.ts";

/** A request body after parsing. */
export interface ParsedBody {
  json: unknown;
  files: UploadedFile[];
}

/**
 * Reads a JSON body, or a multipart one with `payload_json` and `files[n]`.
 * Source: API Reference, "Content Type" and "Uploading Files".
 */
export async function readBody(request: IncomingMessage): Promise<ParsedBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  if (size > limits.message.bodyBytes) throw refusals.tooLarge();
  if (size === 0) return { json: {}, files: [] };
  const bytes = Buffer.concat(chunks);
  const contentType = request.headers["content-type"] ?? "";
  if (contentType.startsWith("application/json"))
    return { json: parseJson(bytes.toString("utf8")), files: [] };
  if (contentType.startsWith("multipart/form-data")) return readMultipart(bytes, contentType);
  throw new ApiError(400, 50035, "Invalid Form Body", {
    _errors: [
      {
        code: "CONTENT_TYPE_INVALID",
        message: `Expected "Content-Type" header to be one of {'application/json'}.`,
      },
    ],
  });
}

async function readMultipart(bytes: Buffer, contentType: string): Promise<ParsedBody> {
  const form = await new Response(new Uint8Array(bytes), {
    headers: { "content-type": contentType },
  }).formData();
  const files: UploadedFile[] = [];
  let json: unknown = {};
  for (const [name, value] of form.entries()) {
    if (name === "payload_json") json = parseJson(typeof value === "string" ? value : await value.text());
    else if (typeof value !== "string") {
      const n = /^files\[(\d+)\]$/.exec(name)?.[1];
      if (n === undefined) continue;
      files.push({
        n,
        filename: value.name,
        contentType: value.type,
        bytes: new Uint8Array(await value.arrayBuffer()),
      });
    }
  }
  return { json, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw refusals.badJson();
  }
}

/** Sends a JSON answer, or 204 when there is nothing to say. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
