import type { Json, UploadedFile } from "./message-form.ts";
import type { BucketName } from "./rate-limits.ts";
import type { World } from "./world.ts";

/** One request, after authentication, rate limits and parsing. */
export interface Call {
  world: World;
  /** Values of the `:names` in the path. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** The body as an object; {} when there was none. */
  json: Json;
  /** The body as it came. */
  raw: unknown;
  files: UploadedFile[];
}

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path after /api/v10 with `:names`. */
  path: string;
  /** The bucket a request counts against, and for what; none means only the global limit. */
  bucket?: { name: BucketName; major: (world: World, params: Record<string, string>) => string };
  /** Interaction endpoints authenticate by the token in their path and are outside the global limit. */
  withoutToken?: boolean;
  /** Gives the body of a 200, or undefined for a 204. @throws {ApiError} */
  handle: (call: Call) => unknown;
}

/** The bucket of a channel's route. */
export const perChannel = (name: BucketName): Route["bucket"] => ({ name, major: (_, p) => p.channel ?? "" });

/** Finds the route of a request, with its path values; undefined if there is none. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  const parts = path.split("/");
  for (const route of routes) {
    if (route.method !== method) continue;
    const wanted = route.path.split("/");
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, i) => {
      const given = parts[i] ?? "";
      if (!part.startsWith(":")) return part === given;
      params[part.slice(1)] = decodeURIComponent(given);
      return given !== "";
    });
    if (fits) return { route, params };
  }
  return undefined;
}
