import { asArray, isObject, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { checkContext, checkElement, checkImage } from "./elements.ts";
import { ANY_TEXT, checkText, PLAIN } from "./objects.ts";
import type { Problems } from "./problem.ts";
import { checkRichText } from "./rich-text.ts";
import { checkList, checkShape, checkString } from "./shape.ts";
import { checkTable } from "./table.ts";

/** Where blocks stand: what is allowed and how many differ. */
export type Surface = "message" | "modal" | "home";

interface BlockRule {
  readonly surfaces?: readonly Surface[];
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  readonly check: (block: Json, pointer: string, problems: Problems) => void;
}

const BLOCKS: Readonly<Record<string, BlockRule>> = {
  divider: { required: [], check: () => {} },
  section: {
    required: [],
    optional: ["text", "fields", "accessory", "expand"],
    check(block, pointer, problems) {
      if (block.text === undefined && block.fields === undefined) {
        problems.push({ message: "missing required field: text", pointer });
      }
      checkText(block.text, `${pointer}/text`, LIMITS.section.text, ANY_TEXT, problems);
      if (block.fields !== undefined) {
        const fields = checkList(block.fields, `${pointer}/fields`, LIMITS.section.fields, problems);
        for (const [index, field] of fields.entries()) {
          checkText(field, `${pointer}/fields/${index}`, LIMITS.section.field, ANY_TEXT, problems);
        }
      }
      if (block.accessory !== undefined) {
        checkElement(block.accessory, `${pointer}/accessory`, "accessory", new Set(), problems);
      }
    },
  },
  header: {
    required: ["text"],
    optional: ["level"],
    check: (block, pointer, problems) =>
      checkText(block.text, `${pointer}/text`, LIMITS.header, PLAIN, problems),
  },
  context: {
    required: ["elements"],
    check: (block, pointer, problems) => checkContext(block.elements, `${pointer}/elements`, problems),
  },
  actions: {
    required: ["elements"],
    check(block, pointer, problems) {
      const ids = new Set<string>();
      const elements = checkList(block.elements, `${pointer}/elements`, LIMITS.actions, problems);
      for (const [index, element] of elements.entries()) {
        checkElement(element, `${pointer}/elements/${index}`, "actions", ids, problems);
      }
    },
  },
  image: {
    required: ["alt_text"],
    optional: ["image_url", "slack_file", "title"],
    check: (block, pointer, problems) => checkImage(block, pointer, problems, true),
  },
  input: {
    required: ["label", "element"],
    optional: ["hint", "optional", "dispatch_action"],
    check(block, pointer, problems) {
      checkText(block.label, `${pointer}/label`, LIMITS.input.label, PLAIN, problems);
      checkText(block.hint, `${pointer}/hint`, LIMITS.input.hint, PLAIN, problems);
      if (block.element !== undefined) {
        checkElement(block.element, `${pointer}/element`, "input", new Set(), problems);
      }
    },
  },
  rich_text: {
    required: ["elements"],
    check: (block, pointer, problems) => checkRichText(block.elements, `${pointer}/elements`, problems),
  },
  markdown: {
    surfaces: ["message"],
    required: ["text"],
    check(block, pointer, problems) {
      checkString(block.text, `${pointer}/text`, LIMITS.markdownTotal, problems);
    },
  },
  table: {
    surfaces: ["message"],
    required: ["rows"],
    optional: ["column_settings"],
    check: checkTable,
  },
};

/** Checks the blocks of a message or view as Slack does. An empty list means nothing is wrong. */
export function checkBlocks(value: unknown, pointer: string, surface: Surface): Problems {
  const problems: Problems = [];
  const max = surface === "message" ? LIMITS.blocksInMessage : LIMITS.blocksInView;
  const blocks = checkList(value, pointer, max, problems, surface === "message" ? 0 : 1);
  const blockIds = new Set<string>();
  for (const [index, entry] of blocks.entries()) {
    const at = `${pointer}/${index}`;
    if (!isObject(entry)) {
      problems.push({ message: "must be an object", pointer: at });
      continue;
    }
    const rule = BLOCKS[String(entry.type)];
    if (!rule || (rule.surfaces && !rule.surfaces.includes(surface))) {
      problems.push({ message: `unsupported type: ${String(entry.type)}`, pointer: `${at}/type` });
      continue;
    }
    if (entry.type !== "image") {
      checkShape(
        entry,
        at,
        { required: rule.required, optional: [...(rule.optional ?? []), "block_id"] },
        problems,
      );
    }
    if (checkString(entry.block_id, `${at}/block_id`, LIMITS.blockId, problems)) {
      if (blockIds.has(entry.block_id)) {
        problems.push({
          message: `\`block_id\` "${entry.block_id}" already exists`,
          pointer: `${at}/block_id`,
        });
      }
      blockIds.add(entry.block_id);
    }
    rule.check(entry, at, problems);
  }
  const markdown = blocks.filter((block) => isObject(block) && block.type === "markdown");
  const total = markdown.reduce<number>((sum, block) => sum + String((block as Json).text ?? "").length, 0);
  if (markdown.length > 1 && total > LIMITS.markdownTotal) {
    problems.push({ message: `must be less than ${LIMITS.markdownTotal + 1} characters`, pointer });
  }
  if (blocks.filter((block) => isObject(block) && block.type === "table").length > 1) {
    problems.push({ message: "only_one_table_allowed", pointer });
  }
  return problems;
}

/** Characters in all texts of the blocks, which Slack limits for a message as a whole. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [name, item]) =>
      sum + (name === "text" && typeof item === "string" ? item.length : textLength(item)),
    0,
  );
}

/** The elements that can be pressed or chosen, each with its block. */
export function interactiveElements(blocks: unknown): { block: Json; element: Json }[] {
  return asArray(blocks).flatMap((block) => {
    if (!isObject(block)) return [];
    const elements =
      block.type === "actions"
        ? asArray(block.elements)
        : block.type === "section"
          ? [block.accessory]
          : block.type === "input"
            ? [block.element]
            : [];
    return elements.filter(isObject).map((element) => ({ block, element }));
  });
}
