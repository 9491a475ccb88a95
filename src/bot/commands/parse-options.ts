import { inspect } from "node:util";
import { UserError } from "../errors.ts";
import type { Account, ChannelRef } from "../invocation.ts";
import { suggest } from "../suggest.ts";
import {
  type NumberOption,
  type OptionSpec,
  type OptionSpecs,
  optionName,
  type StringOption,
} from "./spec.ts";

/**
 * Checks raw option values against a command's spec and fills in defaults.
 * @param raw By kebab-case name. Platforms with typed options give values, the others text.
 * @returns Values by camelCase key.
 * @throws {UserError} "option-unknown", "option-missing", "option-invalid": the option named, what was given,
 *   what is allowed.
 */
export function parseOptions(
  specs: OptionSpecs,
  raw: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const keys = new Map(Object.keys(specs).map((key) => [optionName(key), key]));
  for (const name of Object.keys(raw)) {
    if (keys.has(name)) continue;
    const names = [...keys.keys()];
    const near = suggest(name, names);
    throw new UserError(
      "option-unknown",
      `There is no option "${shorten(name)}".${near ? ` Did you mean ${near}?` : ""} Options: ${names.join(", ") || "none"}.`,
      { option: name, allowed: names },
    );
  }
  const values: Record<string, unknown> = {};
  for (const [name, key] of keys) {
    const spec = specs[key]!;
    const given = raw[name];
    if (notGiven(spec, given)) {
      if (spec.required) {
        throw new UserError("option-missing", `${name} is missing: ${spec.description}`, { option: name });
      }
      values[key] = "default" in spec ? spec.default : undefined;
    } else {
      values[key] = parseValue(name, spec, given);
    }
  }
  return values;
}

/** Forms send an empty text for what was left out; only free text can mean it. */
function notGiven(spec: OptionSpec, given: unknown): boolean {
  if (given === undefined || given === null) return true;
  return given === "" && (spec.type !== "string" || spec.choices !== undefined);
}

function parseValue(name: string, spec: OptionSpec, given: unknown): unknown {
  switch (spec.type) {
    case "string":
      return parseString(name, spec, given);
    case "integer":
    case "number":
      return parseNumber(name, spec, given);
    case "boolean": {
      if (typeof given === "boolean") return given;
      const word = isPlain(given) ? String(given).trim().toLowerCase() : "";
      if (["true", "yes", "on", "1"].includes(word)) return true;
      if (["false", "no", "off", "0"].includes(word)) return false;
      throw invalid(name, given, "true or false");
    }
    case "user":
      if (isRef<Account>(given)) return given;
      throw invalid(name, given, "a person, chosen with @");
    case "channel":
      if (isRef<ChannelRef>(given)) return given;
      throw invalid(name, given, "a channel, chosen with #");
  }
}

function parseString(name: string, spec: StringOption, given: unknown): string {
  if (!isPlain(given)) throw invalid(name, given, "text");
  const text = String(given);
  if (spec.choices) {
    const same = (word: string) => word.toLowerCase() === text.trim().toLowerCase();
    const choice =
      spec.choices.find(({ value }) => same(value)) ?? spec.choices.find(({ name: label }) => same(label));
    if (choice) return choice.value;
    const allowed = spec.choices.map(({ value }) => value);
    const near = suggest(text, allowed);
    throw invalid(name, given, `one of ${allowed.join(", ")}`, near && `Did you mean ${near}?`);
  }
  const { minLength = spec.required ? 1 : 0, maxLength } = spec;
  if (text.trim().length < minLength) {
    throw invalid(name, given, minLength === 1 ? "some text" : `at least ${minLength} characters`);
  }
  if (maxLength !== undefined && text.length > maxLength) {
    throw new UserError(
      "option-invalid",
      `${name} has ${text.length} characters; at most ${maxLength} are allowed. Shorten it.`,
      { option: name, given: text.length, allowed: maxLength },
    );
  }
  return text;
}

function parseNumber(name: string, spec: NumberOption, given: unknown): number {
  const number = typeof given === "string" ? readNumber(given.trim()) : given;
  const allowed = describeRange(spec);
  if (typeof number !== "number" || !Number.isFinite(number)) {
    const point = typeof given === "string" && /^\s*[+-]?\d*,\d+\s*$/.test(given);
    throw invalid(name, given, allowed, point ? `Write ${given.trim().replace(",", ".")}.` : undefined);
  }
  if (spec.type === "integer" && !Number.isSafeInteger(number)) throw invalid(name, given, allowed);
  if (spec.choices && !spec.choices.some(({ value }) => value === number))
    throw invalid(name, given, allowed);
  const { min = -Infinity, max = Infinity } = spec;
  if (number < min || number > max || (spec.aboveMin && number === min)) throw invalid(name, given, allowed);
  return number;
}

/** Decimal digits only: "0x10" or an empty text is no number that somebody meant. */
function readNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** What a number option allows, in words: "a whole number from 1 to 8". */
export function describeRange(spec: NumberOption): string {
  if (spec.choices) return `one of ${spec.choices.map(({ value }) => value).join(", ")}`;
  const kind = spec.type === "integer" ? "a whole number" : "a number";
  const { min, max } = spec;
  if (min === undefined && max === undefined) return kind;
  if (min === undefined) return `${kind} of at most ${max}`;
  const low = spec.aboveMin ? `above ${min}` : `from ${min}`;
  if (max === undefined) return spec.aboveMin ? `${kind} above ${min}` : `${kind} of at least ${min}`;
  return `${kind} ${low} ${spec.aboveMin ? "and at most" : "to"} ${max}`;
}

function invalid(name: string, given: unknown, allowed: string, hint?: string): UserError {
  const shown = shorten(isPlain(given) ? String(given) : inspect(given, { depth: 1, breakLength: Infinity }));
  const message = `${name} is "${shown}"; it must be ${allowed}.${hint ? ` ${hint}` : ""}`;
  return new UserError("option-invalid", message, { option: name, given, allowed });
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}

function isPlain(given: unknown): given is string | number | boolean | bigint {
  return ["string", "number", "boolean", "bigint"].includes(typeof given);
}

function isRef<T extends { platform: unknown; id: unknown }>(given: unknown): given is T {
  return typeof given === "object" && given !== null && "platform" in given && "id" in given;
}
