import type { Document } from "yaml";

/**
 * The plain value of a parsed YAML document, or what is wrong with it beyond its syntax: an alias without its
 * anchor, one inside what it names, or aliases of aliases that would unfold to more than memory holds.
 */
export function yamlValue(document: Document.Parsed): { value: unknown } | { problem: string } {
  try {
    const value = document.toJS({ maxAliasCount: 100 });
    return holdsItself(value) ? { problem: "an alias stands inside what it names" } : { value };
  } catch (error) {
    // What this parser throws for aliases.
    if (!(error instanceof ReferenceError)) throw error;
    return { problem: error.message.slice(0, 120) };
  }
}

function holdsItself(value: unknown, around: readonly unknown[] = []): boolean {
  if (value === null || typeof value !== "object") return false;
  return around.includes(value) || Object.values(value).some((each) => holdsItself(each, [...around, value]));
}
