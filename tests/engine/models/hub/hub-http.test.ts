import { afterEach, describe, expect, it, vi } from "vitest";
import { createHubHttp } from "../../../../src/engine/models/hub/hub-http.ts";

const TOKEN = "hf_planted0token";
const settings = {
  endpoint: "https://hub.example",
  cacheDirectory: "/nowhere",
  offline: false,
  token: TOKEN,
};

/** No host is asked: what would go out is kept, and the answers are these, in turn. */
function answering(...answers: Response[]) {
  const asked: { url: string; authorization: string | undefined }[] = [];
  vi.stubGlobal("fetch", async (url: URL, { headers, redirect }: RequestInit) => {
    // Else fetch itself would follow, to anywhere and with the token's header.
    expect(redirect).toBe("manual");
    asked.push({ url: url.href, authorization: (headers as Record<string, string>).authorization });
    return answers.shift()!;
  });
  return asked;
}
const sentTo = (location: string) => new Response(null, { status: 302, headers: { location } });
afterEach(() => void vi.unstubAllGlobals());

describe("a redirect", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:6379/",
    "http://hub.example/x",
    "file:///etc/passwd",
    "data:text/plain,x",
    "ftp://hub.example/x",
  ])("from HTTPS to %s is refused and not asked", async (location) => {
    const asked = answering(sentTo(location));
    await expect(createHubHttp(settings).get("/a/b/resolve/main/config.json")).rejects.toThrow(
      expect.objectContaining({ code: "hub-refused" }),
    );
    expect(asked).toHaveLength(1);
  });

  it("to another host by HTTPS is followed without the token", async () => {
    const asked = answering(sentTo("https://cdn.example/blob"), new Response("{}"));
    await createHubHttp(settings).get("/a/b/resolve/main/config.json");
    expect(asked).toEqual([
      { url: "https://hub.example/a/b/resolve/main/config.json", authorization: `Bearer ${TOKEN}` },
      { url: "https://cdn.example/blob", authorization: undefined },
    ]);
  });
});

it.each([
  "https://elsewhere.example/api/models/a/b/tree/main?cursor=2",
  "https://hub.example.elsewhere.example/api",
  "https://hub.example@elsewhere.example/api",
  "http://hub.example/api",
])("a next page of a listing at %s does not get the token", async (next) => {
  const asked = answering(new Response("[]"));
  await createHubHttp(settings).get(next);
  expect(asked).toMatchObject([{ authorization: undefined }]);
});
