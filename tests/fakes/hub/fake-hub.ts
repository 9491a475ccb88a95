import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { answerFile, type Fault, type FaultKind } from "./answer-file.ts";

/** A repository that is served. */
export interface FakeRepository {
  readonly id: string;
  /** Path inside the repository to contents. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly card?: {
    readonly license?: string;
    readonly base_model?: string;
    readonly datasets?: readonly string[];
  };
  /** Only who sends this token may read it. */
  readonly token?: string;
}

export interface SeenRequest {
  readonly host: "hub" | "cdn";
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export interface FakeHub {
  /** What HF_ENDPOINT is set to. */
  readonly endpoint: string;
  readonly requests: readonly SeenRequest[];
  /** The commit that every repository's "main" stands for. */
  readonly commit: string;
  /** Puts a fault on the next `times` requests for a path, once `after` have passed. */
  fail(path: string, kind: FaultKind, times?: number, after?: number): Fault;
  /** Changes what a path in a repository's listing is called, as a malicious repository could. */
  rename(id: string, path: string, listedAs: string): void;
  stop(): Promise<void>;
}

const PAGE = 3;
const isLarge = (path: string) => /\.onnx(_data\w*)?$/.test(path);

/** Contents of the files of a folder, as a repository. */
export function repositoryFrom(folder: string, paths: readonly string[]): Record<string, Buffer> {
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))]));
}

/** Serves repositories on two loopback ports, the Hub's and its CDN's. */
export async function startFakeHub(repositories: readonly FakeRepository[]): Promise<FakeHub> {
  const commit = "a1".repeat(20);
  const requests: SeenRequest[] = [];
  const faults: Fault[] = [];
  const renamed = new Map<string, string>();
  const note = (host: SeenRequest["host"], { url, headers }: IncomingMessage) =>
    requests.push({ host, path: url ?? "", authorization: headers.authorization, range: headers.range });
  const faultOf = (path: string, kinds: readonly FaultKind[]) => {
    const fault = faults.find(
      (each) => each.left > 0 && path.endsWith(each.path) && kinds.includes(each.kind),
    );
    if (fault && fault.after-- > 0) return undefined;
    if (fault) fault.left--;
    return fault;
  };

  const hub = createServer((request, response) => {
    note("hub", request);
    const url = new URL(request.url ?? "", "http://hub");
    const api = /^\/api\/models\/([\w.-]+\/[\w.-]+)\/(revision|tree)\/([^/]+)$/.exec(url.pathname);
    const resolve = /^\/([\w.-]+\/[\w.-]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    const repository = repositories.find(({ id }) => id === (api?.[1] ?? resolve?.[1]));
    const refuse = (status: number, code: string) =>
      response.writeHead(status, { "x-error-code": code }).end(JSON.stringify({ error: code }));
    if (!repository) return refuse(request.headers.authorization ? 404 : 401, "RepoNotFound");
    const isSentBack = url.searchParams.has("back");
    if (
      repository.token !== undefined &&
      !isSentBack &&
      request.headers.authorization !== `Bearer ${repository.token}`
    ) {
      return refuse(request.headers.authorization ? 403 : 401, "GatedRepo");
    }
    const revision = decodeURIComponent(api?.[3] ?? resolve?.[2] ?? "");
    if (revision !== "main" && revision !== commit) return refuse(404, "RevisionNotFound");
    if (api?.[2] === "revision") return sendInfo(response, repository);
    if (api) return sendTree(response, repository, url);
    const path = decodeURIComponent(resolve?.[3] ?? "");
    const contents = repository.files[path];
    if (!contents) return refuse(404, "EntryNotFound");
    const fault = faultOf(path, ["busy", "broken", "loop"]);
    if (fault?.kind === "busy") return void response.writeHead(429, { "retry-after": "7" }).end();
    if (fault?.kind === "broken") return void response.writeHead(503).end();
    if (fault?.kind === "loop") return void response.writeHead(302, { location: request.url }).end();
    if (!isLarge(path) || isSentBack) return answerFile(request, response, contents, undefined);
    response.writeHead(302, { location: `${addressOf(cdn)}/${repository.id}/${path}` }).end();
  });
  const cdn = createServer((request, response) => {
    note("cdn", request);
    const [, owner, name, ...rest] = (request.url ?? "").split("/");
    const path = rest.join("/");
    const contents = repositories.find(({ id }) => id === `${owner}/${name}`)?.files[path];
    if (!contents) return void response.writeHead(404).end();
    const fault = faultOf(path, ["cut", "stall", "wrong", "slow", "ignore-range", "back"]);
    if (fault?.kind === "back") {
      const location = `${addressOf(hub)}/${owner}/${name}/resolve/${commit}/${path}?back=1`;
      return void response.writeHead(302, { location }).end();
    }
    answerFile(request, response, contents, fault);
  });

  const sendInfo = (response: ServerResponse, { id, card }: FakeRepository) =>
    sendJson(response, {
      id,
      sha: commit,
      tags: ["onnx", ...(card?.license ? [`license:${card.license}`] : [])],
      cardData: card,
      siblings: [],
    });
  const sendTree = (response: ServerResponse, { id, files }: FakeRepository, url: URL) => {
    const all = Object.entries(files).map(([path, contents]) =>
      entryOf(renamed.get(`${id} ${path}`) ?? path, path, contents),
    );
    const start = Number(url.searchParams.get("cursor") ?? 0);
    url.searchParams.set("cursor", String(start + PAGE));
    const next = `<${addressOf(hub)}${url.pathname}${url.search}>; rel="next"`;
    sendJson(response, all.slice(start, start + PAGE), start + PAGE < all.length ? { link: next } : {});
  };

  await Promise.all(
    [hub, cdn].map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))),
  );
  return {
    endpoint: addressOf(hub),
    requests,
    commit,
    fail: (path, kind, times = 1, after = 0) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const fault: Fault = {
        path,
        kind,
        left: times,
        after,
        released: promise,
        release: resolve,
        reached: reached.promise,
        reach: reached.resolve,
      };
      faults.push(fault);
      return fault;
    },
    rename: (id, path, listedAs) => void renamed.set(`${id} ${path}`, listedAs),
    stop: async () => {
      for (const { release } of faults) release();
      await Promise.all([hub, cdn].map(stopServer));
    },
  };
}

function entryOf(listedAs: string, path: string, contents: Buffer) {
  const oid = createHash("sha1").update(`blob ${contents.length}\0`).update(contents).digest("hex");
  const sha256 = createHash("sha256").update(contents).digest("hex");
  const lfs = isLarge(path) ? { lfs: { oid: sha256, size: contents.length, pointerSize: 134 } } : {};
  return { type: "file", path: listedAs, size: contents.length, oid, ...lfs };
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
