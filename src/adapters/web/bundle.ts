import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import { type BuildOptions, build, type SameShape, stop } from "esbuild";

export interface Asset {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The same, compressed; absent where that gains nothing (fonts are). Not Brotli: browsers take it over HTTPS only. */
  readonly gzip?: Uint8Array;
}

export interface Bundle {
  /** By file name; names carry a hash of the content. */
  readonly assets: ReadonlyMap<string, Asset>;
  readonly script: string;
  readonly style: string;
  readonly icon: string;
  /** Changes with any byte of the page's code. */
  readonly version: string;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  woff2: "font/woff2",
  svg: "image/svg+xml",
};

let building = 0;

/** Ends esbuild's own process with the last build that runs: it would stay, with 126 MB. */
async function buildAndStop<Options extends BuildOptions>(options: SameShape<BuildOptions, Options>) {
  building++;
  try {
    return await build(options);
  } finally {
    if (--building === 0) await stop();
  }
}

/** Bundles the page's code, styles and fonts, in memory. */
export async function bundlePage(): Promise<Bundle> {
  const { outputFiles } = await buildAndStop({
    entryPoints: [fileURLToPath(new URL("browser/page.tsx", import.meta.url))],
    bundle: true,
    write: false,
    outdir: "/",
    splitting: true,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[name]-[hash]",
    assetNames: "[name]-[hash]",
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    loader: { ".woff2": "file" },
    logLevel: "silent",
  });
  const gzip = promisify(gzipCallback);
  const assets = new Map<string, Asset>();
  for (const { path, contents } of outputFiles) {
    const name = path.replace(/^.*[\\/]/, "");
    const ending = name.slice(name.lastIndexOf(".") + 1);
    const mediaType = MEDIA_TYPES[ending] ?? "application/octet-stream";
    const compressed = ending === "woff2" ? undefined : await gzip(contents, { level: 9 });
    assets.set(name, { mediaType, bytes: contents, ...(compressed ? { gzip: compressed } : {}) });
  }
  // Other scripts and styles are parts of the page that it loads by itself.
  const named = (ending: string) =>
    [...assets.keys()].find((name) => name.startsWith("page-") && name.endsWith(ending))!;
  const script = named(".js");
  const style = named(".css");
  const icon = "icon.svg";
  assets.set(icon, {
    mediaType: MEDIA_TYPES.svg!,
    bytes: await readFile(new URL("browser/icon.svg", import.meta.url)),
  });
  const version = createHash("sha256").update(script).update(style).digest("hex").slice(0, 12);
  return { assets, script, style, icon, version };
}
