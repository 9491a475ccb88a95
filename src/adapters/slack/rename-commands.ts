import type { Block, Card, Inline, Text } from "../../bot/cards/card.ts";

/**
 * A card in which commands are called as they are here ("/cloze-help" for "/help"): in code, where commands
 * stand that people copy, and in error messages, which say what to type. Other words stay as they are.
 */
export function renameCommands(card: Card, rename: (text: string) => string): Card {
  const everywhere = card.tone === "error";
  const inText = (text: Text): Text => {
    if (typeof text === "string") return everywhere ? rename(text) : text;
    return text.map((part): Inline => {
      if (typeof part === "string") return everywhere ? rename(part) : part;
      return "code" in part ? { code: rename(part.code) } : part;
    });
  };
  const inBlock = (block: Block): Block => {
    switch (block.type) {
      case "text":
      case "quote":
        return { ...block, text: inText(block.text) };
      case "list":
        return { ...block, items: block.items.map(inText) };
      case "code":
        return block.language === undefined ? { ...block, code: rename(block.code) } : block;
      default:
        return block;
    }
  };
  return {
    ...card,
    blocks: card.blocks.map(inBlock),
    ...(card.footer !== undefined && { footer: inText(card.footer) }),
  };
}
