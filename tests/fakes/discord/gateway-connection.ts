import type { RawData, WebSocket } from "ws";
import { closeCodes } from "./close-codes.ts";
import type { Gateway, Session } from "./gateway.ts";
import { membersChunk } from "./gateway-members.ts";
import { limits } from "./limits.ts";

type Json = Record<string, unknown>;

/** How often a late client is asked for a heartbeat before it is taken for dead. */
const askings = 3;

/** One WebSocket of a client: opcodes, heartbeats and the rate of its sends. */
export class Connection {
  session: Session | undefined;
  readonly #gateway: Gateway;
  readonly #ws: WebSocket;
  #sends: number[] = [];
  #cancelBeat: (() => void) | undefined;
  #beats = 0;
  #closing = false;
  #stalled = false;

  constructor(gateway: Gateway, ws: WebSocket) {
    this.#gateway = gateway;
    this.#ws = ws;
    ws.on("message", (data) => this.#receive(data));
    ws.on("error", () => {});
  }

  /** From now on nothing gets through in either direction, as on a line that is dead without being cut. */
  stall(): void {
    this.#stalled = true;
    this.#cancelBeat?.();
  }

  send(payload: Json): void {
    if (!this.#stalled) this.#ws.send(JSON.stringify(payload));
  }

  close(code: number, reason: string): void {
    this.#closing = true;
    this.#ws.close(code, reason);
  }

  /** Cuts the connection without a close frame, as a network does. */
  terminate(): void {
    this.#closing = true;
    this.#ws.terminate();
  }

  stop(): void {
    this.#cancelBeat?.();
  }

  hello(): void {
    this.send({ op: 10, d: { heartbeat_interval: limits.gateway.heartbeatIntervalMs } });
    this.#expectBeat();
  }

  invalidSession(resumable: boolean): void {
    this.send({ op: 9, d: resumable });
  }

  /** Tells the client to reconnect and resume. */
  reconnect(): void {
    this.send({ op: 7, d: null });
  }

  /** Resolves when the client has received everything sent so far; also when it goes away. */
  flushed(): Promise<void> {
    if (this.#ws.readyState !== this.#ws.OPEN) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#ws.off("pong", done);
        this.#ws.off("close", done);
        resolve();
      };
      this.#ws.on("pong", done);
      this.#ws.on("close", done);
      this.#ws.ping();
    });
  }

  #receive(data: RawData): void {
    if (this.#closing || this.#stalled) return;
    const refusal = this.#act(data.toString());
    if (refusal) this.close(...refusal);
  }

  /** Acts on what the client sent; gives the close code and reason if it must be refused. */
  #act(text: string): [code: number, reason: string] | undefined {
    if (Buffer.byteLength(text) > limits.gateway.payloadBytes)
      return [closeCodes.decodeError, "Payload exceeds 4096 bytes."];
    const payload = parse(text);
    if (!payload) return [closeCodes.decodeError, "Error while decoding payload."];
    const { world } = this.#gateway;
    const now = world.clock.now();
    this.#sends = [...this.#sends.filter((at) => now - at < 60_000), now];
    if (this.#sends.length > limits.gateway.sendsPerMinute)
      return [closeCodes.rateLimited, "You are sending payloads too quickly."];
    const { op } = payload;
    const data = (payload.d ?? {}) as Json;
    if (op === 1) {
      this.#beats++;
      this.send({ op: 11 });
      this.#expectBeat();
      return undefined;
    }
    if (op === 2 || op === 6) {
      if (this.session) return [closeCodes.alreadyAuthenticated, "Already authenticated."];
      if (op === 2) this.#gateway.identify(this, data);
      else this.#gateway.resume(this, data);
      return undefined;
    }
    if (op !== 3 && op !== 4 && op !== 8) return [closeCodes.unknownOpcode, "Unknown opcode."];
    const { session } = this;
    if (!session) return [closeCodes.notAuthenticated, "Not authenticated."];
    if (op === 3) {
      session.presence = data;
      world.happenings.record("gateway: presence updated");
    }
    if (op === 8)
      this.#gateway.send(session, "GUILD_MEMBERS_CHUNK", membersChunk(world, session.intents, data));
    return undefined;
  }

  /**
   * A client that is late is asked for a heartbeat (op 1), which it must send at once; one that has received the
   * asking three times and not answered is disconnected. So a client whose timers run on another clock than the
   * server's is kept, and a dead one is not. Source: Gateway, "Heartbeat Interval" and "Heartbeat Requests".
   */
  #expectBeat(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = this.#gateway.world.clock.after(limits.gateway.heartbeatIntervalMs * 1.25, () => {
      void this.#askForBeat();
    });
  }

  async #askForBeat(): Promise<void> {
    const before = this.#beats;
    for (let i = 0; i < askings; i++) {
      this.send({ op: 1, d: null });
      await this.flushed();
      if (this.#beats > before || this.#closing) return;
    }
    this.close(closeCodes.sessionTimedOut, "Session timed out.");
  }
}

function parse(text: string): { op?: unknown; d?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
