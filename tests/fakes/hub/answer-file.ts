import type { IncomingMessage, ServerResponse } from "node:http";

export type FaultKind =
  | "cut"
  | "stall"
  | "wrong"
  | "slow"
  | "ignore-range"
  | "busy"
  | "broken"
  | "loop"
  | "back";

/** A fault on a path: how often it still happens, and the two moments a test can wait for or make. */
export interface Fault {
  readonly path: string;
  readonly kind: FaultKind;
  left: number;
  /** How many requests pass before it. */
  after: number;
  readonly released: Promise<void>;
  readonly release: () => void;
  /** Fulfilled when as much was sent as will be before `release`. */
  readonly reached: Promise<void>;
  readonly reach: () => void;
}

const SENT = 0.6;

/** Sends a file, or the range of it that was asked for, with or without a fault. */
export function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  contents: Buffer,
  fault: Fault | undefined,
): void {
  const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
  const start = wanted && fault?.kind !== "ignore-range" ? Number(wanted[1]) : 0;
  if (start >= contents.length && contents.length > 0) {
    response.writeHead(416, { "content-range": `bytes */${contents.length}` }).end();
    return;
  }
  const body = contents.subarray(start);
  const isRange = wanted !== null && fault?.kind !== "ignore-range";
  response.writeHead(isRange ? 206 : 200, {
    "content-length": body.length,
    ...(isRange ? { "content-range": `bytes ${start}-${contents.length - 1}/${contents.length}` } : {}),
  });
  const part = body.subarray(0, Math.ceil(body.length * SENT));
  if (fault?.kind === "cut") {
    response.write(part, () => response.destroy());
  } else if (fault?.kind === "stall") {
    response.write(part, fault.reach);
  } else if (fault?.kind === "wrong") {
    response.end(Buffer.from(body.map((byte) => byte ^ 1)));
  } else if (fault?.kind === "slow") {
    response.write(part, fault.reach);
    void fault.released.then(() => response.end(body.subarray(part.length)));
  } else {
    response.end(body);
  }
}
