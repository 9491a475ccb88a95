import type {
  Outcome,
  WireChannel,
  WireError,
  WireEvent,
  WireMessage,
  WirePerson,
} from "../../../src/adapters/web/wire.ts";

/** A person's browser without a page: its cookie, its requests, and the state its event stream has brought. */
export interface WebSession {
  readonly person: WirePerson;
  readonly channels: ReadonlyMap<string, WireChannel>;
  readonly messages: ReadonlyMap<string, WireMessage>;
  /** Number of the last event. */
  lastSeq(): number;
  get<T>(path: string): Promise<T>;
  post<T = Outcome>(path: string, body: object): Promise<T>;
  bytes(path: string): Promise<Uint8Array>;
  /** Opens the event stream (again, after the last event); resolves when it has caught up. */
  follow(): Promise<void>;
  following(): boolean;
  leave(): void;
}

export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  readonly status: number;
  readonly code: string;
  constructor(status: number, error: WireError | undefined) {
    super(error?.message ?? `status ${status}`);
    this.status = status;
    this.code = error?.code ?? "";
  }
}

/** @param url The classroom's address now; it may change over a restart. */
export async function joinBy(url: () => string, key: string, name: string): Promise<WebSession> {
  const response = await fetch(`${url()}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url() },
    body: JSON.stringify({ key, name }),
  });
  const person = (await response.json()) as WirePerson & { error?: WireError };
  if (!response.ok) throw new RequestRefused(response.status, person.error);
  const cookie = response.headers.getSetCookie()[0]!.split(";", 1)[0]!;
  const channels = new Map<string, WireChannel>();
  const messages = new Map<string, WireMessage>();
  let lastSeq = 0;
  let stream: AbortController | undefined;

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const send = () =>
      fetch(`${url()}${path}`, {
        method,
        headers: { cookie, origin: url(), "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    // A kept connection may have been closed by a restart; browsers then try again too.
    const answer = await send().catch(send);
    const value = (await answer.json()) as T & { error?: WireError };
    if (!answer.ok) throw new RequestRefused(answer.status, value.error);
    return value;
  }

  function take(event: WireEvent): void {
    if (event.type === "channel") channels.set(event.channel.id, event.channel);
    if (event.type !== "message") return;
    const { message } = event;
    lastSeq = Math.max(lastSeq, message.seq);
    if (message.state === "gone") messages.delete(message.id);
    else messages.set(message.id, message);
  }

  return {
    person,
    channels,
    messages,
    lastSeq: () => lastSeq,
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    async bytes(path) {
      const answer = await fetch(`${url()}${path}`, { headers: { cookie } });
      if (!answer.ok) throw new RequestRefused(answer.status, undefined);
      return new Uint8Array(await answer.arrayBuffer());
    },
    async follow() {
      stream?.abort();
      const own = new AbortController();
      stream = own;
      const open = () =>
        fetch(`${url()}/api/events?after=${lastSeq}`, { headers: { cookie }, signal: own.signal });
      const answer = await open().catch(open);
      if (!answer.ok) throw new RequestRefused(answer.status, undefined);
      await new Promise<void>((resolve, reject) => {
        void (async () => {
          try {
            for await (const event of eventsOf(answer.body!)) {
              take(event);
              if (event.type === "caught-up") resolve();
            }
          } catch (error) {
            reject(error);
          } finally {
            if (stream === own) stream = undefined;
            reject(new Error("The event stream ended before it had caught up."));
          }
        })();
      });
    },
    following: () => stream !== undefined,
    leave() {
      stream?.abort();
      stream = undefined;
    },
  };
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<WireEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop()!;
    for (const part of parts) {
      const data = part.split("\n").filter((line) => line.startsWith("data: "));
      if (data.length > 0) yield JSON.parse(data.map((line) => line.slice(6)).join("\n")) as WireEvent;
    }
  }
}
