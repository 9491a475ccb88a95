import { checkBlocks, textLength } from "../blocks/layout.ts";
import { problemErrors, problemMessages } from "../blocks/problem.ts";
import { asObject, asString, isObject, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Services } from "../services.ts";
import { SlackError } from "./method.ts";

/** What a posting or updating call says, checked. */
export interface Content {
  readonly text: string;
  readonly markdown: boolean;
  /** Undefined when the call names no blocks. */
  readonly blocks?: readonly Json[];
  readonly metadata?: Json;
  readonly warnings: readonly string[];
}

/** @param textLimit chat.update refuses longer text; posting cuts at 40,000 and warns. */
export function readContent(args: Json, services: Services, textLimit?: number): Content {
  const markdown = args.markdown_text;
  if (markdown !== undefined && (args.text !== undefined || args.blocks !== undefined)) {
    throw new SlackError("markdown_text_conflict");
  }
  const markdownText = asString(markdown);
  if (markdownText.length > LIMITS.message.markdownText) throw new SlackError("msg_too_long");
  const given = markdownText || asString(args.text);
  if (textLimit !== undefined && given.length > textLimit) throw new SlackError("msg_too_long");
  const blocks = args.blocks === undefined ? undefined : readBlocks(args.blocks, services);
  if (given.trim() === "" && (blocks === undefined || blocks.length === 0)) throw new SlackError("no_text");
  const tooLong = given.length > LIMITS.message.truncatedAt;
  return {
    text: tooLong ? given.slice(0, LIMITS.message.truncatedAt) : given,
    markdown: markdownText !== "",
    ...(blocks && { blocks }),
    ...(args.metadata !== undefined && { metadata: readMetadata(args.metadata) }),
    warnings: tooLong ? ["message_truncated"] : [],
  };
}

/** Checks blocks and gives each the ids that Slack would make up. */
export function readBlocks(value: unknown, services: Services): readonly Json[] {
  if (!Array.isArray(value)) throw new SlackError("invalid_blocks_format");
  const problems = [...checkBlocks(value, "/blocks", "message"), ...checkSlackFiles(value, services)];
  if (problems.length > 0) {
    throw new SlackError("invalid_blocks", {
      errors: problemErrors(problems),
      response_metadata: { messages: problemMessages(problems) },
    });
  }
  if (textLength(value) > LIMITS.message.blocksTotal) throw new SlackError("msg_blocks_too_long");
  return withIds(value as Json[], services);
}

function checkSlackFiles(blocks: readonly unknown[], { world }: Services) {
  return blocks.flatMap((block, index) => {
    const file = asObject(asObject(block).slack_file);
    if (file.id === undefined) return [];
    const stored = world.files.get(asString(file.id));
    if (stored?.usable && world.options.clock.now() >= stored.usableFrom) return [];
    return [{ message: "invalid slack file", pointer: `/blocks/${index}/slack_file` }];
  });
}

export function withIds(blocks: readonly Json[], { world }: Services): readonly Json[] {
  const named = (element: unknown): unknown =>
    isObject(element) && element.type !== "image" && element.action_id === undefined
      ? { ...element, action_id: world.secret().slice(0, 5) }
      : element;
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? world.secret().slice(0, 5),
    ...(block.type === "actions" && { elements: (block.elements as unknown[]).map(named) }),
    ...(block.accessory !== undefined && { accessory: named(block.accessory) }),
    ...(block.element !== undefined && { element: named(block.element) }),
  }));
}

function readMetadata(value: unknown): Json {
  if (!isObject(value)) throw new SlackError("invalid_metadata_format");
  // An empty object removes the metadata.
  if (Object.keys(value).length === 0) return {};
  if (typeof value.event_type !== "string" || !isObject(value.event_payload)) {
    throw new SlackError("invalid_metadata_schema");
  }
  if (JSON.stringify(value).length > LIMITS.message.metadata) throw new SlackError("metadata_too_large");
  return value;
}
