import { once } from "node:events";
import { WebSocket } from "ws";
import type { FieldErrors } from "./api-error.ts";
import type { FakeDiscord } from "./fake-discord.ts";

/** An answer of the REST API, without a client library in between. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  /** Paths of the bad fields of a 50035, as "embeds.0.title". */
  badFields: string[];
}

export interface RawRequest {
  token?: string;
  headers?: Record<string, string>;
  /** Sent as it is, instead of JSON. */
  text?: string;
  files?: { name: string; content: string | Uint8Array; type?: string }[];
}

/** Sends one request. */
export async function request(
  discord: FakeDiscord,
  method: string,
  path: string,
  json?: unknown,
  options: RawRequest = {},
): Promise<RawAnswer> {
  const headers: Record<string, string> = {
    authorization: `Bot ${options.token ?? discord.token}`,
    "user-agent": "DiscordBot (https://example.org, 1)",
    ...options.headers,
  };
  let body: string | FormData | undefined = options.text;
  if (options.files) {
    body = new FormData();
    body.set("payload_json", JSON.stringify(json ?? {}));
    for (const [n, file] of options.files.entries())
      body.set(
        `files[${n}]`,
        new Blob([file.content as string], { type: file.type ?? "text/plain" }),
        file.name,
      );
  } else if (json !== undefined) {
    body = JSON.stringify(json);
    headers["content-type"] ??= "application/json";
  }
  const response = await fetch(`${discord.api}/v10${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const parsed = text === "" ? undefined : JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    body: parsed,
    badFields: leaves(parsed?.errors),
  };
}

function leaves(errors: FieldErrors | undefined, path = ""): string[] {
  if (!errors) return [];
  return Object.entries(errors).flatMap(([key, value]) =>
    key === "_errors" ? [path] : leaves(value as FieldErrors, path ? `${path}.${key}` : key),
  );
}

/** A gateway client that does only what it is told. */
export class RawGateway {
  readonly ws: WebSocket;
  // biome-ignore lint/suspicious/noExplicitAny: payloads of every shape
  readonly received: any[] = [];
  readonly closed: Promise<number>;
  #wake: () => void = () => {};

  constructor(discord: FakeDiscord, query = "v=10&encoding=json") {
    this.ws = new WebSocket(`${discord.api.replace("http", "ws").replace("/api", "")}/?${query}`);
    this.ws.on("message", (data) => {
      this.received.push(JSON.parse(data.toString()));
      this.#wake();
    });
    this.ws.on("error", () => {});
    this.closed = once(this.ws, "close").then(([code]) => code as number);
  }

  /** Awaits a payload by opcode or by event name. */
  // biome-ignore lint/suspicious/noExplicitAny: payloads of every shape
  async next(wanted: number | string): Promise<any> {
    for (;;) {
      const found = this.received.findIndex((p) => p.op === wanted || p.t === wanted);
      if (found >= 0) return this.received.splice(0, found + 1).at(-1);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(op: number, d: unknown): void {
    this.ws.send(JSON.stringify({ op, d }));
  }

  /** Hello, identify, ready. Gives the READY data. */
  // biome-ignore lint/suspicious/noExplicitAny: payloads of every shape
  async identify(discord: FakeDiscord, intents = 1 | (1 << 9)): Promise<any> {
    await this.next(10);
    this.send(2, { token: discord.token, intents, properties: {} });
    return (await this.next("READY")).d;
  }
}
