import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayIntentBits, PermissionFlagsBits } from "discord-api-types/v10";
import { type Clock, handClock, turns } from "../hand-clock.ts";
import { commandsIn } from "./commands.ts";
import { Faults } from "./faults.ts";
import { Gateway } from "./gateway.ts";
import { Happenings } from "./happenings.ts";
import { guildPayload } from "./payloads.ts";
import type { PermissionName } from "./permissions.ts";
import { Place } from "./place.ts";
import { addGuild, addTextChannel, addUser, openDirectMessages } from "./places.ts";
import { type BucketName, type BucketRule, RateLimits } from "./rate-limits.ts";
import { Rest, type SeenRequest } from "./rest.ts";
import { createWorld, type GuildRecord, type UserRecord, type World } from "./world.ts";

export interface FakeDiscordOptions {
  /** Turns deadlines, token lives and rate limits; by default a clock turned by hand. */
  clock?: Clock;
  token?: string;
  guildName?: string;
  /** Text channels made at the start. */
  channels?: string[];
  /** Rules that replace the usual ones; "unlimited" lifts all route limits. */
  buckets?: Partial<Record<BucketName, BucketRule>> | "unlimited";
  /** Privileged intents that are switched on in the developer portal. */
  privilegedIntents?: ("GuildMembers" | "GuildPresences" | "MessageContent")[];
}

const unlimited: BucketRule = { limit: 1_000_000, windowMs: 1_000, scope: "user" };

/** A Discord on a loopback port, with one server ("guild") in it, and the language in which tests drive it. */
export class FakeDiscord {
  readonly world: World;
  readonly guild: GuildRecord;
  readonly limiter: RateLimits;
  readonly faults = new Faults();
  readonly gateway: Gateway;
  readonly #rest: Rest;
  readonly #server: Server;

  private constructor(options: FakeDiscordOptions) {
    const clock = options.clock ?? handClock();
    const happenings = new Happenings();
    this.world = createWorld(clock, happenings, options.token ?? "MTIz.loopback.token");
    for (const name of options.privilegedIntents ?? [])
      this.world.privilegedIntents |= GatewayIntentBits[name];
    this.limiter = new RateLimits(clock, options.buckets === "unlimited" ? {} : options.buckets);
    if (options.buckets === "unlimited") {
      for (const name of Object.keys(this.limiter.rules)) this.limiter.rules[name as BucketName] = unlimited;
      this.limiter.globalPerSecond = unlimited.limit;
    }
    this.guild = addGuild(this.world, options.guildName ?? "NLP 101");
    for (const name of options.channels ?? ["general"]) addTextChannel(this.world, this.guild, name);
    this.gateway = new Gateway(this.world, () => `ws://127.0.0.1:${this.#port}`);
    this.#rest = new Rest({
      world: this.world,
      limiter: this.limiter,
      faults: this.faults,
      gatewayUrl: () => `ws://127.0.0.1:${this.#port}`,
    });
    this.#server = createServer((request, response) => void this.#rest.answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => this.gateway.upgrade(request, socket, head));
  }

  /** Starts on a free port of 127.0.0.1. */
  static async start(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
    const discord = new FakeDiscord(options);
    await new Promise<void>((resolve) => discord.#server.listen(0, "127.0.0.1", resolve));
    return discord;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  /** For discord.js: `rest: { api }`. */
  get api(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }
  get token(): string {
    return this.world.token;
  }
  get applicationId(): string {
    return this.world.applicationId;
  }
  /** Every REST request answered so far. */
  get requests(): readonly SeenRequest[] {
    return this.#rest.seen;
  }
  /** What happened so far, a line each. */
  get log(): readonly string[] {
    return this.world.happenings.lines;
  }

  /** A channel or thread by name. */
  channel(name: string): Place {
    const found = [...this.world.channels.values()].find((c) => c.name === name);
    if (!found)
      throw new Error(
        `There is no #${name}, but ${[...this.world.channels.values()].map((c) => `#${c.name}`).join(", ")}.`,
      );
    return this.#place(found);
  }

  /** A place by its channel's id. */
  placeOf(id: string): Place {
    const found = this.world.channels.get(id);
    if (!found) throw new Error(`There is no channel ${id}.`);
    return this.#place(found);
  }

  addChannel(name: string): Place {
    return this.#place(addTextChannel(this.world, this.guild, name));
  }

  /** The direct messages between the bot and a person. */
  directMessages(name: string): Place {
    return this.#place(openDirectMessages(this.world, this.member(name).id));
  }

  /** Awaits the creation of a thread. */
  async thread(find: (name: string) => boolean = () => true): Promise<Place> {
    const record = await this.world.happenings.until("a thread", () =>
      [...this.world.channels.values()].find((c) => c.thread && find(c.name)),
    );
    return this.#place(record);
  }

  /** A member by name; joins the server on first use. */
  member(name: string): UserRecord {
    const user = [...this.world.users.values()].find((u) => u.name === name) ?? addUser(this.world, name);
    if (!this.guild.members.has(user.id)) this.guild.members.set(user.id, new Set());
    return user;
  }

  /** Makes a role and gives it to members. Returns its id. */
  role(name: string, permissions: PermissionName[] = [], members: string[] = []): string {
    const present = [...this.guild.roles.values()].find((r) => r.name === name);
    const id = present?.id ?? this.world.newId();
    const bits = permissions.reduce((sum, p) => sum | PermissionFlagsBits[p], present?.permissions ?? 0n);
    this.guild.roles.set(id, { id, name, permissions: bits, position: this.guild.roles.size });
    for (const member of members) this.guild.members.get(this.member(member).id)?.add(id);
    return id;
  }

  /** The commands of the server, or the global ones. */
  commands(scope: "guild" | "global" = "guild") {
    return commandsIn(this.world, scope === "guild" ? this.guild.id : undefined);
  }

  /** Removes the bot from the server, as an administrator can at any time. */
  kickBot(): void {
    this.world.dispatch("GUILD_DELETE", { id: this.guild.id }, GatewayIntentBits.Guilds);
    this.guild.members.delete(this.world.botId);
    this.world.happenings.record("the bot is removed from the server");
  }

  /** Adds the bot (again), as an administrator can. */
  inviteBot(): void {
    this.guild.members.set(this.world.botId, new Set());
    this.world.dispatch("GUILD_CREATE", guildPayload(this.world, this.guild), GatewayIntentBits.Guilds);
  }

  /** Awaits something in the log of what happened. */
  seen(what: string | RegExp): Promise<string> {
    const fits = (line: string): boolean =>
      typeof what === "string" ? line.includes(what) : what.test(line);
    return this.world.happenings.until(String(what), () => this.log.find(fits));
  }

  /**
   * Resolves when nothing is under way any more: no open request, every gateway event received, and the event
   * loop has turned many times without anything happening. For claims that something does not happen.
   */
  async settled(): Promise<void> {
    let before = -1;
    while (before !== this.log.length || this.#rest.open > 0) {
      before = this.log.length;
      await Promise.all([...this.gateway.connections].map((c) => c.flushed()));
      await turns();
    }
  }

  async close(): Promise<void> {
    this.world.happenings.close();
    this.gateway.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #place(channel: Place["channel"]): Place {
    return new Place(this.world, channel, (name) => this.member(name));
  }
}
