import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Services } from "./services.ts";
import { callWebApi } from "./web-api/dispatch.ts";
import type { Faults } from "./web-api/faults.ts";
import type { RateLimits } from "./web-api/rate-limits.ts";

/** Slack's addresses on one loopback port: the Web API, uploads, response_urls and the WebSocket. */
export async function startHttpServer(
  services: () => Services,
  faults: Faults,
  rateLimits: RateLimits,
): Promise<{ readonly server: Server; readonly origin: string; readonly open: () => number }> {
  let open = 0;
  const server = createServer((request, response) => {
    open++;
    response.on("close", () => open--);
    void readBody(request)
      .then((body) => route(request, response, body, services(), faults, rateLimits))
      .catch((error: unknown) => {
        // A mistake in the fake itself: nobody waits for this answer, and the test fails.
        response.destroy();
        throw error;
      });
  });
  server.on("upgrade", (request, socket, head) => services().socketMode.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { server, origin: `http://127.0.0.1:${port}`, open: () => open };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function route(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  services: Services,
  faults: Faults,
  rateLimits: RateLimits,
): void {
  const url = new URL(request.url ?? "/", services.origin);
  const [, first, second, third] = url.pathname.split("/");
  const end = (status: number, text: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, headers);
    response.end(text);
  };
  if (first === "api" && second) {
    const answer = callWebApi(
      second,
      {
        contentType: request.headers["content-type"] ?? "",
        authorization: request.headers.authorization ?? "",
        query: url.searchParams,
        body,
      },
      services,
      faults,
      rateLimits,
    );
    if (answer === "broken") request.socket.destroy();
    else
      end(answer.status, JSON.stringify(answer.body), {
        "content-type": "application/json",
        ...answer.headers,
      });
  } else if (first === "upload" && third && request.method === "POST") {
    void uploadedBytes(body, request.headers["content-type"] ?? "").then((bytes) => {
      const file = services.world.files.get(third);
      if (!file) return end(404, "no such upload");
      if (bytes.length !== file.length) return end(400, `expected ${file.length} bytes, got ${bytes.length}`);
      file.bytes = bytes;
      return end(200, `OK - ${bytes.length}`);
    });
  } else if (first === "response" && second && request.method === "POST") {
    const answer = services.responseUrls.use(second, body.toString(), services);
    end(answer.status, answer.body);
  } else end(404, "not found");
}

/** The file's bytes, sent as they are or as the one part of a form. */
async function uploadedBytes(body: Buffer, contentType: string): Promise<Buffer> {
  if (!contentType.startsWith("multipart/form-data")) return body;
  const form = await new Response(new Uint8Array(body), {
    headers: { "content-type": contentType },
  }).formData();
  const parts = [...form.values()];
  const [part] = parts;
  return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(part ?? "");
}
