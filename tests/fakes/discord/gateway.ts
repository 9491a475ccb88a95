import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { closeCodes } from "./close-codes.ts";
import { Connection } from "./gateway-connection.ts";
import { limits } from "./limits.ts";
import { messageContentFor } from "./message-content.ts";
import { guildPayload, userPayload } from "./payloads.ts";
import { applicationFlags } from "./routes-resources.ts";
import type { World } from "./world.ts";

type Json = Record<string, unknown>;

/** A gateway session: it outlives its connection for a while, and keeps what was sent for a resume. */
export interface Session {
  id: string;
  intents: number;
  presence: Json | undefined;
  sent: { t: string; s: number; d: Json }[];
  connection: Connection | undefined;
  /** Cancels the end of a session that lost its connection. */
  cancelTimeout: (() => void) | undefined;
}

const privilegedIntents = (1 << 1) | (1 << 8) | (1 << 15);
/** Bits 0 to 16, 20, 21, 24 and 25. */
const knownIntents = 0x1ffff | (0b11 << 20) | (0b11 << 24);

/** Gateway v10 in JSON. Source: Gateway; Gateway Events. */
export class Gateway {
  readonly sessions = new Map<string, Session>();
  readonly connections = new Set<Connection>();
  /** While false, connections are refused, as in an outage. */
  accepting = true;
  readonly world: World;
  readonly url: () => string;
  readonly #server = new WebSocketServer({ noServer: true });
  #lastIdentifyAt = Number.NEGATIVE_INFINITY;

  constructor(world: World, url: () => string) {
    this.world = world;
    this.url = url;
    world.dispatch = (event, data, intents) => this.dispatch(event, data, intents);
  }

  /** Takes over an HTTP upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.accepting) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const query = new URL(request.url ?? "/", "ws://loopback").searchParams;
      const connection = new Connection(this, ws);
      this.connections.add(connection);
      ws.on("close", (code) => this.#closed(connection, code));
      if (query.get("v") !== "10") connection.close(closeCodes.invalidVersion, "Invalid API version");
      else if (query.get("encoding") !== "json" || query.has("compress"))
        connection.close(closeCodes.decodeError, "Only JSON without transport compression is imitated");
      else connection.hello();
    });
  }

  /** Sends an event to each session with one of the intents, and keeps it for a resume. */
  dispatch(event: string, data: Json, intents: number): void {
    for (const session of this.sessions.values()) {
      if (intents !== 0 && (session.intents & intents) === 0) continue;
      const visible = event.startsWith("MESSAGE_")
        ? messageContentFor(this.world, session.intents, data)
        : data;
      this.send(session, event, visible);
    }
  }

  send(session: Session, event: string, data: Json): void {
    const entry = { t: event, s: session.sent.length + 1, d: data };
    session.sent.push(entry);
    session.connection?.send({ op: 0, ...entry });
  }

  /** Op 2. Refuses a wrong token, shard or intents by a close code; answers with READY and the guilds. */
  identify(connection: Connection, data: Json): void {
    const { world } = this;
    const intents = data.intents as number;
    const shard = data.shard as number[] | undefined;
    const refusal = identifyRefusal(world, data.token, intents, shard);
    if (refusal) {
      connection.close(...refusal);
      return;
    }
    if (world.clock.now() - this.#lastIdentifyAt < limits.gateway.identifyWindowMs) {
      connection.invalidSession(false);
      return;
    }
    this.#lastIdentifyAt = world.clock.now();
    const session: Session = {
      id: randomBytes(16).toString("hex"),
      intents,
      presence: data.presence as Json | undefined,
      sent: [],
      connection,
      cancelTimeout: undefined,
    };
    this.sessions.set(session.id, session);
    connection.session = session;
    const guilds = [...world.guilds.values()].filter((g) => g.members.has(world.botId));
    this.send(session, "READY", {
      v: 10,
      user: userPayload(world.users.get(world.botId)!),
      guilds: guilds.map((g) => ({ id: g.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: this.url(),
      ...(shard ? { shard } : {}),
      application: { id: world.applicationId, flags: applicationFlags(world) },
    });
    if (intents & 1)
      for (const guild of guilds) this.send(session, "GUILD_CREATE", guildPayload(world, guild));
    world.happenings.record("gateway: identified");
  }

  /** Op 6. Replays what was missed, or says that the session is gone. */
  resume(connection: Connection, data: Json): void {
    const { world } = this;
    const session = this.sessions.get(String(data.session_id));
    const seq = data.seq as number;
    if (data.token !== world.token) {
      connection.close(closeCodes.authenticationFailed, "Authentication failed.");
      return;
    }
    if (!session) {
      connection.invalidSession(false);
      return;
    }
    if (typeof seq !== "number" || seq > session.sent.length) {
      this.end(session);
      connection.close(closeCodes.invalidSeq, "Invalid seq.");
      return;
    }
    session.cancelTimeout?.();
    session.connection = connection;
    connection.session = session;
    const missed = session.sent.slice(seq);
    for (const entry of missed) connection.send({ op: 0, ...entry });
    this.send(session, "RESUMED", {});
    world.happenings.record(`gateway: resumed, ${missed.length} events replayed`);
  }

  end(session: Session): void {
    session.cancelTimeout?.();
    this.sessions.delete(session.id);
  }

  /** A close with 1000 or 1001 ends the session; any other way it waits for a resume. */
  #closed(connection: Connection, code: number): void {
    this.connections.delete(connection);
    connection.stop();
    const { session } = connection;
    if (session?.connection === connection) {
      session.connection = undefined;
      if (code === 1000 || code === 1001) this.end(session);
      else
        session.cancelTimeout = this.world.clock.after(limits.gateway.resumeWindowMs, () =>
          this.end(session),
        );
    }
    this.world.happenings.record(`gateway: connection closed with ${code}`);
  }

  /** Cuts every connection, as a network does. Sessions wait for a resume. */
  drop(): void {
    for (const connection of this.connections) connection.terminate();
  }

  /** Lets nothing through any more, without cutting; clients notice by their heartbeats. */
  stall(): void {
    for (const connection of this.connections) connection.stall();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }
}

function identifyRefusal(
  world: World,
  token: unknown,
  intents: unknown,
  shard: number[] | undefined,
): [code: number, reason: string] | undefined {
  if (token !== world.token) return [closeCodes.authenticationFailed, "Authentication failed."];
  if (shard && !(shard.length === 2 && shard[0]! >= 0 && shard[0]! < shard[1]!))
    return [closeCodes.invalidShard, "Invalid shard."];
  if (typeof intents !== "number" || !Number.isInteger(intents) || (intents & ~knownIntents) !== 0)
    return [closeCodes.invalidIntents, "Invalid intent(s)."];
  if ((intents & privilegedIntents & ~world.privilegedIntents) !== 0)
    return [closeCodes.disallowedIntents, "Disallowed intent(s)."];
  return undefined;
}
