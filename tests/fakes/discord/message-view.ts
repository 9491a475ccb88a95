import type { APIEmbed } from "discord-api-types/v10";
import { deleteMessage } from "./messages.ts";
import type { AttachmentRecord, MessageRecord, MessageState, Pings, World } from "./world.ts";
import { userName } from "./world.ts";

type Json = Record<string, unknown>;

/** A button or a select menu as a person sees it. */
export interface SeenComponent {
  kind: "button" | "select";
  customId: string | undefined;
  label: string;
  disabled: boolean;
  url: string | undefined;
  style: number | undefined;
  options: { label: string; value: string }[];
  minValues: number;
  maxValues: number;
  type: number;
}

/** A message as a person sees it; always the present state. */
export class MessageView {
  readonly record: MessageRecord;
  readonly #world: World;

  constructor(world: World, record: MessageRecord) {
    this.#world = world;
    this.record = record;
  }

  get id(): string {
    return this.record.id;
  }
  get channelId(): string {
    return this.record.channelId;
  }
  get author(): string {
    return userName(this.#world, this.record.authorId);
  }
  get content(): string {
    return this.record.content;
  }
  get embeds(): APIEmbed[] {
    return this.record.embeds;
  }
  get files(): AttachmentRecord[] {
    return this.record.attachments;
  }
  get ephemeral(): boolean {
    return this.record.visibleTo !== undefined;
  }
  /** True while the client shows "thinking…". */
  get loading(): boolean {
    return this.record.loading;
  }
  get deleted(): boolean {
    return this.record.deleted;
  }
  /** Deletes it, as a moderator can. */
  delete(): void {
    deleteMessage(this.#world, this.record);
  }
  get pings(): Pings {
    return this.record.pings;
  }
  /** All words in it: content, embeds and labels, one a line. */
  get text(): string {
    const embeds = this.embeds.flatMap((e) => [
      e.author?.name,
      e.title,
      e.description,
      ...(e.fields ?? []).flatMap((f) => [f.name, f.value]),
      e.footer?.text,
    ]);
    return [this.content, ...embeds, ...this.components.map((c) => c.label)].filter(Boolean).join("\n");
  }
  /** Every state it has had, the present one last; the loading state is not among them. */
  get states(): MessageState[] {
    return this.record.history.filter((s) => !s.loading);
  }
  get components(): SeenComponent[] {
    return (this.record.components as unknown as { components: Json[] }[]).flatMap((row) =>
      row.components.map(seenComponent),
    );
  }
  get buttons(): SeenComponent[] {
    return this.components.filter((c) => c.kind === "button");
  }
  get selects(): SeenComponent[] {
    return this.components.filter((c) => c.kind === "select");
  }
}

function seenComponent(component: Json): SeenComponent {
  const type = component.type as number;
  return {
    kind: type === 2 ? "button" : "select",
    customId: component.custom_id as string | undefined,
    label: String(
      component.label ?? component.placeholder ?? (component.emoji as Json | undefined)?.name ?? "",
    ),
    disabled: component.disabled === true,
    url: component.url as string | undefined,
    style: component.style as number | undefined,
    options: (component.options as SeenComponent["options"] | undefined) ?? [],
    minValues: (component.min_values as number | undefined) ?? 1,
    maxValues: (component.max_values as number | undefined) ?? 1,
    type,
  };
}
