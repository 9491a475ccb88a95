import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { asString, isObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Timeline } from "../timeline.ts";
import { parseJson } from "../web-api/arguments.ts";
import type { World } from "../world.ts";
import type { Envelope, Outcome, Transport } from "./envelope.ts";

export interface SocketMode extends Transport {
  /** A WebSocket URL for one connection, as `apps.connections.open` answers it. */
  newUrl(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): number;
  /** Resolves when at least `count` connections have said hello. */
  connected(count?: number): Promise<void>;
  /** Slack recycles the connection: ten seconds later it is gone. */
  warn(): void;
  refresh(): void;
  /** Socket Mode is switched off on the app's pages. */
  disableLink(): void;
  /** The network breaks: no close frame. */
  drop(): void;
  close(): void;
}

export function createSocketMode(world: World, timeline: Timeline, origin: () => string): SocketMode {
  const { clock } = world.options;
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, number>();
  const open = new Set<WebSocket>();
  const waiting = new Map<string, { socket: WebSocket; settle: (outcome: Outcome) => void }>();
  let turn = 0;

  const usable = () => [...open].filter((socket) => socket.readyState === socket.OPEN);

  /** Says that the connection ends; the client is to close it, and after a while Slack does. */
  const disconnect = (reason: string) => {
    for (const socket of usable()) {
      socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "loopback" } }));
      clock.after(LIMITS.socket.warningBeforeCloseMs, () => socket.terminate());
    }
  };

  const accept = (socket: WebSocket) => {
    if (usable().length >= LIMITS.socket.connections) {
      const refusal = JSON.stringify({ type: "disconnect", reason: "too_many_websockets" });
      socket.send(refusal, () => socket.terminate());
      return;
    }
    open.add(socket);
    socket.on("message", (data) => {
      const answer = parseJson(data.toString());
      if (!isObject(answer)) return;
      const id = asString(answer.envelope_id);
      waiting.get(id)?.settle({ acknowledged: true, body: answer.payload });
    });
    socket.on("close", () => {
      open.delete(socket);
      timeline.record({ kind: "socket-closed", connections: usable().length });
      for (const { socket: carrier, settle } of [...waiting.values()]) {
        if (carrier === socket) settle({ acknowledged: false, reason: "dispatch_failed" });
      }
    });
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: usable().length,
        debug_info: { host: "loopback", approximate_connection_time: 18_060 },
        connection_info: { app_id: world.app.id },
      }),
    );
    timeline.record({ kind: "socket-opened", connections: usable().length });
  };

  return {
    newUrl() {
      const ticket = world.secret();
      tickets.set(ticket, clock.now() + LIMITS.socket.ticketLifeMs);
      return `${origin().replace(/^http/, "ws")}/link/?ticket=${ticket}&app_id=${world.app.id}`;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? "", "http://loopback").searchParams.get("ticket") ?? "";
      const expiresAt = tickets.get(ticket);
      tickets.delete(ticket);
      if (expiresAt === undefined || expiresAt < clock.now()) {
        socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
        return;
      }
      // Slack leaves the TCP connection open after the closing handshake: the client has to end it.
      server.handleUpgrade(request, socket, head, (accepted) => {
        Object.assign(socket, { end: () => socket });
        accept(accepted);
      });
    },
    connections: () => usable().length,
    async connected(count = 1) {
      if (usable().length >= count) return;
      await timeline.wait(`${count} Socket Mode connection(s)`, timeline.all.length, (seen) =>
        seen.kind === "socket-opened" && seen.connections >= count ? true : undefined,
      );
    },
    send(envelope: Envelope) {
      const sockets = usable();
      // Several connections share the load: each envelope goes to one of them.
      const socket = sockets[turn++ % Math.max(1, sockets.length)];
      if (!socket) return Promise.resolve<Outcome>({ acknowledged: false, reason: "dispatch_failed" });
      return new Promise<Outcome>((resolve) => {
        const settle = (outcome: Outcome) => {
          cancel();
          waiting.delete(envelope.id);
          resolve(outcome);
        };
        const cancel = clock.after(LIMITS.ack.deadlineMs, () =>
          settle({ acknowledged: false, reason: "operation_timeout" }),
        );
        waiting.set(envelope.id, { socket, settle });
        socket.send(
          JSON.stringify({
            envelope_id: envelope.id,
            type: envelope.type,
            accepts_response_payload: envelope.type !== "events_api",
            payload: envelope.payload,
            ...(envelope.type === "events_api" && {
              retry_attempt: envelope.attempt,
              retry_reason: envelope.retryReason ?? "",
            }),
          }),
        );
      });
    },
    warn: () => disconnect("warning"),
    refresh: () => disconnect("refresh_requested"),
    disableLink: () => disconnect("link_disabled"),
    drop() {
      for (const socket of open) socket.terminate();
    },
    close() {
      for (const socket of open) socket.terminate();
      server.close();
    },
  };
}
