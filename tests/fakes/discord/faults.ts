/** A failure planted by a test: what the next matching requests get instead of an answer. */
export interface Fault {
  method: string;
  /** Matched against the path after /api/v10, for example /^\/webhooks\//. */
  path: RegExp;
  /** How many requests fail; after that the fault is gone. */
  times: number;
  /** 429 with this many seconds to wait, an HTTP status, or a connection cut without an answer. */
  answer: { retryAfterS: number; scope?: "user" | "shared" | "global" } | { status: number } | "cut";
}

/** The planted failures of one server. */
export class Faults {
  readonly #planted: Fault[] = [];

  plant(fault: Fault): void {
    this.#planted.push({ ...fault });
  }

  /** Takes the answer of the first fault that matches, using it up by one. */
  take(method: string, path: string): Fault["answer"] | undefined {
    const index = this.#planted.findIndex((f) => f.method === method && f.path.test(path));
    const fault = this.#planted[index];
    if (!fault) return undefined;
    if (--fault.times <= 0) this.#planted.splice(index, 1);
    return fault.answer;
  }
}
