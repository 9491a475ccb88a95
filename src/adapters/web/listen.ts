import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../bot/errors.ts";

const TRIES = 20;

/**
 * Binds to `port`, or the next free one above it. Port 0 takes any free one.
 * @returns The port taken.
 * @throws {UserError} "port-taken", "port-forbidden", "host-unavailable"
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  for (let candidate = port; ; candidate++) {
    const code = await attempt(server, host, candidate);
    if (code === undefined) return (server.address() as AddressInfo).port;
    if (code === "EADDRINUSE" && candidate - port < TRIES - 1 && candidate < 65_535) continue;
    throw refusal(code, host, port, candidate);
  }
}

function attempt(server: Server, host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off("listening", onListening);
      resolve(error.code ?? error.message);
    };
    const onListening = () => {
      server.off("error", onError);
      resolve(undefined);
    };
    server.once("error", onError);
    server.once("listening", onListening);
    server.listen(port, host);
  });
}

function refusal(code: string, host: string, first: number, last: number): UserError {
  if (code === "EADDRINUSE") {
    return new UserError(
      "port-taken",
      `The ports ${first} to ${last} are all taken. Give a free one with --port.`,
      {
        first,
        last,
      },
    );
  }
  if (code === "EACCES") {
    return new UserError(
      "port-forbidden",
      `This account may not open port ${last}. Give one above 1023 with --port.`,
      {
        port: last,
      },
    );
  }
  return new UserError(
    "host-unavailable",
    `The address "${host}" can't be used here (${code}). Give one of this machine's with --host: 127.0.0.1 for this machine alone, 0.0.0.0 for the network.`,
    { host, code },
  );
}
