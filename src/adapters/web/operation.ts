import { createHash, timingSafeEqual } from "node:crypto";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, Hono } from "hono";
import { UserError } from "../../bot/errors.ts";
import { isLoopback } from "./addresses.ts";

/** What an operator's machinery asks for. */
export interface Operation {
  /** Why no class should be sent here yet, or any more; undefined when all is well. */
  notReady(): Promise<string | undefined>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  /** Lets somebody who is not on this machine read the metrics; absent: nobody. */
  readonly metricsToken?: string | undefined;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can teach, else 503 with the reason. `/metrics`: for Prometheus, on
 * this machine or with the token as `Authorization: Bearer …`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the routes need none of the app's variables
export function addOperationRoutes(app: Hono<any>, operation: Operation | undefined): void {
  app.get("/healthz", (context) => context.text("ok\n"));
  if (!operation) return;
  app.get("/readyz", async (context) => {
    const reason = await operation.notReady();
    return reason === undefined ? context.text("ready\n") : context.text(`${reason}\n`, 503);
  });
  app.get("/metrics", async (context) => {
    if (!mayRead(context, operation.metricsToken)) {
      throw new UserError(
        "metrics-closed",
        "The metrics are for this machine, or with CLOZE_METRICS_TOKEN as a bearer token.",
      );
    }
    context.header("Content-Type", operation.metrics.contentType);
    return context.body(await operation.metrics.text());
  });
}

function mayRead(context: Context, token: string | undefined): boolean {
  const given = /^Bearer (.+)$/.exec(context.req.header("authorization") ?? "")?.[1];
  if (given !== undefined) return token !== undefined && same(given, token);
  // A reverse proxy is on this machine as well, and says so.
  const isForwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].some(
    (name) => context.req.header(name) !== undefined,
  );
  return !isForwarded && isLoopback(plainAddress(getConnInfo(context).remote.address ?? ""));
}

/** IPv4 addresses as IPv6 writes them, ::ffff:127.0.0.1. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, "");
}

function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
