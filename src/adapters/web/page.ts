import type { Context } from "hono";
import { UserError } from "../../bot/errors.ts";
import { type Bundle, bundlePage } from "./bundle.ts";

/** The page that browsers load: one document, one script, one style sheet, fonts. */
export interface Page {
  shell(context: Context): Promise<Response>;
  asset(context: Context, name: string): Promise<Response>;
  /** Tells an open page whether it is older than the server. */
  version(): Promise<string>;
}

/** One bundle for the process: the code on disk is what the process runs. */
let bundle: Promise<Bundle> | undefined;

/** Bundling begins at once, so that the first visitor need not wait. */
export function createPage(): Page {
  bundle ??= bundlePage();
  const ready = bundle;
  // A failure is told to whoever asks for the page.
  ready.catch(() => undefined);

  return {
    version: async () => (await ready).version,
    async shell(context) {
      context.header("Cache-Control", "no-cache");
      return context.html(document(await ready));
    },
    async asset(context, name) {
      const found = (await ready).assets.get(name);
      if (!found) throw new UserError("not-found", "There is no such file. Reload the page.");
      context.header("Content-Type", found.mediaType);
      context.header("Cache-Control", "public, max-age=31536000, immutable");
      context.header("Vary", "Accept-Encoding");
      if (found.gzip && /\bgzip\b/.test(context.req.header("accept-encoding") ?? "")) {
        context.header("Content-Encoding", "gzip");
        return context.body(new Uint8Array(found.gzip));
      }
      return context.body(new Uint8Array(found.bytes));
    },
  };
}

function document({ script, style, icon }: Bundle): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>Cloze</title>
<link rel="icon" href="/assets/${icon}" type="image/svg+xml">
<link rel="stylesheet" href="/assets/${style}">
<script type="module" src="/assets/${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>The classroom needs JavaScript.</noscript>
</body>
</html>
`;
}
