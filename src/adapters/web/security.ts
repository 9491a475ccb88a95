import { isIP } from "node:net";
import { hostname } from "node:os";
import type { MiddlewareHandler } from "hono";
import { UserError } from "../../bot/errors.ts";

/** Everything comes from this server; nothing is inline; no page may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  if (!headers.has("Content-Security-Policy"))
    headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
};

/**
 * Refuses requests under a foreign host name: a page elsewhere whose name is pointed at this machine (DNS
 * rebinding) would otherwise count as the same origin. Addresses in digits can't be rebound.
 */
export function hostCheck(publicAddress: string | undefined): MiddlewareHandler {
  const own = hostname().toLowerCase();
  const allowed = new Set(["localhost", own, `${own}.local`]);
  if (publicAddress !== undefined) allowed.add(new URL(publicAddress).hostname);
  return async (context, next) => {
    const name = hostOf(context.req.header("host"));
    if (name !== undefined && (isIP(name) !== 0 || allowed.has(name) || name.endsWith(".localhost"))) {
      return next();
    }
    throw new UserError(
      "host-unknown",
      `This classroom does not answer under the name ${name ?? "that was asked for"}. Set publicAddress in cloze.yaml to the address students use, then start it again.`,
      { host: name },
    );
  };
}

function hostOf(header: string | undefined): string | undefined {
  if (header === undefined || !URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** Lets only this site's own pages change anything, and only with JSON, which a foreign form can't send. */
export function originCheck(publicAddress: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    if (req.method === "GET" || req.method === "HEAD") return next();
    const origin = req.header("origin");
    const own = [`http://${req.header("host")}`, `https://${req.header("host")}`];
    if (publicAddress !== undefined) own.push(new URL(publicAddress).origin);
    if (origin === undefined || !own.includes(origin)) {
      throw new UserError("origin-foreign", "This request came from another site's page and was refused.", {
        origin,
      });
    }
    if (req.header("content-type")?.split(";")[0]?.trim() !== "application/json") {
      throw new UserError("content-type", "Requests carry JSON (content-type: application/json).");
    }
    return next();
  };
}
