import { isObject, type Json } from "../json.ts";
import type { Problems } from "./problem.ts";

/**
 * Checks that `value` is an object with every required field and no field Slack does not know.
 * Returns the object, or undefined when it is none.
 */
export function checkShape(
  value: unknown,
  pointer: string,
  fields: { readonly required: readonly string[]; readonly optional?: readonly string[] },
  problems: Problems,
): Json | undefined {
  if (!isObject(value)) {
    problems.push({ message: "must be an object", pointer });
    return undefined;
  }
  for (const name of fields.required) {
    if (value[name] === undefined) problems.push({ message: `missing required field: ${name}`, pointer });
  }
  const known = new Set(["type", ...fields.required, ...(fields.optional ?? [])]);
  for (const name of Object.keys(value)) {
    if (!known.has(name)) problems.push({ message: `invalid additional property: ${name}`, pointer });
  }
  return value;
}

/** A string of `min` to `max` characters. */
export function checkString(
  value: unknown,
  pointer: string,
  max: number,
  problems: Problems,
  min = 1,
): value is string {
  if (value === undefined) return false;
  if (typeof value !== "string") {
    problems.push({ message: "must be a string", pointer });
    return false;
  }
  if (value.length < min) problems.push({ message: `must be more than ${min - 1} characters`, pointer });
  if (value.length > max) problems.push({ message: `must be less than ${max + 1} characters`, pointer });
  return true;
}

/** An array of `min` to `max` items; the items, or none when it is no array. */
export function checkList(
  value: unknown,
  pointer: string,
  max: number,
  problems: Problems,
  min = 1,
): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push({ message: "must be an array", pointer });
    return [];
  }
  if (value.length < min) {
    problems.push({ message: `no fewer than ${min} ${min === 1 ? "item" : "items"} allowed`, pointer });
  }
  if (value.length > max) problems.push({ message: `no more than ${max} items allowed`, pointer });
  return value;
}

export function checkOneOf(
  value: unknown,
  pointer: string,
  allowed: readonly string[],
  problems: Problems,
): void {
  if (value === undefined) return;
  if (typeof value !== "string" || !allowed.includes(value)) {
    problems.push({ message: `must be one of the following values: ${allowed.join(", ")}`, pointer });
  }
}
