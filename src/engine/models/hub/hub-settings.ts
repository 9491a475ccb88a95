import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the Hub is, who asks, and where its files are kept, as Hugging Face's own tools find them. */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Sent to the endpoint's own host only. */
  readonly token?: string;
  /** The cache that all Hugging Face tools on this machine share. */
  readonly cacheDirectory: string;
  /** No request is made; only what lies in the cache is used. */
  readonly offline: boolean;
}

const ENDPOINT = "https://huggingface.co";

/**
 * Settings from the variables that huggingface_hub reads: HF_ENDPOINT, HF_TOKEN (else the file `token` that
 * `hf auth login` writes), HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HF_HUB_OFFLINE.
 * @param home The user's home directory.
 */
export function hubSettings(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
): HubSettings {
  const given = (name: string) => variables[name]?.trim() || undefined;
  const root = given("HF_HOME") ?? join(given("XDG_CACHE_HOME") ?? join(home, ".cache"), "huggingface");
  const token = given("HF_TOKEN") ?? savedToken(join(root, "token"));
  return {
    endpoint: (given("HF_ENDPOINT") ?? ENDPOINT).replace(/\/+$/, ""),
    ...(token === undefined ? {} : { token }),
    cacheDirectory: given("HF_HUB_CACHE") ?? join(root, "hub"),
    offline: /^(1|on|yes|true)$/i.test(given("HF_HUB_OFFLINE") ?? ""),
  };
}

function savedToken(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
