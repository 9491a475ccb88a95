import { PermissionFlagsBits } from "discord-api-types/v10";
import { MessageView } from "./message-view.ts";
import { placeName } from "./messages.ts";
import type { PermissionName } from "./permissions.ts";
import { Person } from "./person.ts";
import { removeChannel } from "./places.ts";
import type { Find } from "./use.ts";
import type { ChannelRecord, UserRecord, World } from "./world.ts";

/** A channel, a thread, or the direct messages with a person. */
export class Place {
  readonly channel: ChannelRecord;
  readonly #world: World;
  readonly #member: (name: string) => UserRecord;

  constructor(world: World, channel: ChannelRecord, member: (name: string) => UserRecord) {
    this.#world = world;
    this.channel = channel;
    this.#member = member;
  }

  get id(): string {
    return this.channel.id;
  }

  /** A member of the server here; joins the server on first use. */
  user(name: string): Person {
    return new Person(this.#world, this.channel, this.#member(name));
  }

  /** Everything in the channel that is not ephemeral, oldest first. */
  get messages(): MessageView[] {
    return [...this.channel.messages.values()]
      .filter((record) => !record.visibleTo)
      .map((record) => new MessageView(this.#world, record));
  }

  /** Awaits a message here that `find` accepts. */
  message(find: Find = () => true): Promise<MessageView> {
    const name = placeName(this.#world, this.channel);
    return this.#world.happenings.until(
      `a message in ${name}`,
      () => this.messages.find((m) => !m.loading && find(m)),
      () => (this.#world.channels.has(this.id) ? undefined : `${name} is deleted.`),
    );
  }

  /** Takes permissions from the bot here, as a channel's settings can. */
  denyBot(...names: PermissionName[]): void {
    const deny = names.reduce((sum, name) => sum | PermissionFlagsBits[name], 0n);
    this.channel.overwrites.push({ id: this.#world.botId, kind: "member", allow: 0n, deny });
  }

  /** Names of a thread's members. */
  get threadMembers(): string[] {
    return [...(this.channel.thread?.members ?? [])].map((id) => this.#world.users.get(id)?.name ?? id);
  }

  delete(): void {
    removeChannel(this.#world, this.channel);
  }
}
