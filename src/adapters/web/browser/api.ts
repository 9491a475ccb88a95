import { signal } from "@preact/signals";
import type { WireError } from "../wire.ts";

/** The server refused, with a sentence for the person. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  constructor({ code, message }: WireError) {
    super(message);
    this.code = code;
  }
}

/** The server could not be reached, or asks to be tried again. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** How often the server could not be reached: each time, the event stream is opened anew. */
export const failures = signal(0);

function unreachable(message: string): Unreachable {
  failures.value += 1;
  return new Unreachable(message);
}

/** @throws {Refusal | Unreachable} */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await ask(method, path, body)).json() as Promise<T>;
}

/** The answer itself, for what is not JSON. @throws {Refusal | Unreachable} */
export async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(body === undefined
        ? { headers: { "content-type": "application/json" } }
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    throw unreachable("The classroom can't be reached.");
  }
  if (response.ok) return response;
  const answer = (await response.json().catch(() => ({}))) as { error?: WireError };
  if ([502, 503, 504].includes(response.status)) throw unreachable("The classroom is not taking requests.");
  throw new Refusal(answer.error ?? { code: "fault", message: `The server answered ${response.status}.` });
}
