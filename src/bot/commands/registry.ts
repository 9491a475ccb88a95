import type { Action } from "../actions.ts";
import type { AnyCommand } from "./spec.ts";

/** All commands and actions by name. */
export interface CommandRegistry {
  readonly commands: ReadonlyMap<string, AnyCommand>;
  readonly actions: ReadonlyMap<string, Action>;
}

/** Throws when two commands or two actions have one name. */
export function createRegistry(commands: readonly AnyCommand[], actions: readonly Action[]): CommandRegistry {
  return { commands: byName(commands), actions: byName(actions) };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    if (map.has(item.name)) throw new Error(`"${item.name}" is declared twice.`);
    map.set(item.name, item);
  }
  return map;
}
