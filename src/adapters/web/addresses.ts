import { networkInterfaces } from "node:os";

const EVERYWHERE = ["0.0.0.0", "::", ""];

/** The addresses a server bound to `host` can be reached under, those that others can use first. */
export function reachableAddresses(host: string, port: number): string[] {
  if (!EVERYWHERE.includes(host)) return [address(host, port)];
  const outside = Object.values(networkInterfaces())
    .flatMap((own) => own ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map((own) => address(own.address, port));
  return [...outside, address("127.0.0.1", port)];
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function address(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
