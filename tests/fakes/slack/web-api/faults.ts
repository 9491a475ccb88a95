/** What a test lets go wrong with the next call of a method. */
export type Fault =
  /** `ok: false` with this error. */
  | { readonly error: string }
  /** HTTP 429 with this Retry-After. */
  | { readonly rateLimitedForSeconds: number }
  /** An HTTP status such as 500 or 503. */
  | { readonly status: number }
  /** The connection breaks before the call is done. */
  | "lost-request"
  /** The call is done, then the connection breaks: the app can't know. */
  | "lost-response";

export interface Faults {
  /** The next `times` calls of `method` fail so. */
  next(method: string, fault: Fault, times?: number): void;
  take(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  const planned = new Map<string, Fault[]>();
  return {
    next(method, fault, times = 1) {
      planned.set(method, [...(planned.get(method) ?? []), ...Array<Fault>(times).fill(fault)]);
    },
    take: (method) => planned.get(method)?.shift(),
  };
}
