import { ApiError, type FieldErrors } from "./api-error.ts";

/** Where a value stands in a request body, for example ["embeds", 0, "title"]. */
export type Path = readonly (string | number)[];

export interface TextRule {
  min?: number;
  max?: number;
  pattern?: RegExp;
  patternMessage?: string;
  /** The field may be left out or null. */
  optional?: boolean;
}

/**
 * Collects what is wrong with a request body and refuses it with 50035, naming every bad field by its path.
 * Lengths are counted in UTF-16 code units and before trimming, the strictest reading of "characters".
 * Source: API Reference, "Error Messages".
 */
export class Form {
  #errors: FieldErrors = {};
  #count = 0;

  fail(path: Path, code: string, message: string): void {
    let node = this.#errors;
    for (const key of path) {
      const child = (node[key] ?? {}) as FieldErrors;
      node[key] = child;
      node = child;
    }
    node._errors = [...(node._errors ?? []), { code, message }];
    this.#count++;
  }

  required(path: Path): void {
    this.fail(path, "BASE_TYPE_REQUIRED", "This field is required");
  }

  text(path: Path, value: unknown, rule: TextRule): value is string {
    if (value === undefined || value === null) {
      if (!rule.optional) this.required(path);
      return false;
    }
    if (typeof value !== "string") {
      this.fail(path, "STRING_TYPE_CONVERT", `Could not interpret "${String(value)}" as string.`);
      return false;
    }
    const { min = 0, max = Number.POSITIVE_INFINITY, pattern } = rule;
    const { length } = value;
    if (min > 0 && value.trim().length === 0) this.required(path);
    else if (length < min || length > max) {
      if (min > 0 && max < Number.POSITIVE_INFINITY)
        this.fail(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max} in length.`);
      else if (length > max) this.fail(path, "BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`);
      else this.fail(path, "BASE_TYPE_MIN_LENGTH", `Must be ${min} or more in length.`);
    }
    if (pattern && !pattern.test(value))
      this.fail(
        path,
        "STRING_TYPE_REGEX",
        rule.patternMessage ?? "String value did not match validation regex.",
      );
    return true;
  }

  number(
    path: Path,
    value: unknown,
    rule: { min?: number; max?: number; integer?: boolean; optional?: boolean },
  ): value is number {
    if (value === undefined || value === null) {
      if (!rule.optional) this.required(path);
      return false;
    }
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rule;
    if (typeof value !== "number" || Number.isNaN(value) || (rule.integer && !Number.isInteger(value))) {
      this.fail(
        path,
        "NUMBER_TYPE_COERCE",
        `Value "${String(value)}" is not ${rule.integer ? "int" : "float"}.`,
      );
      return false;
    }
    if (value < min)
      this.fail(path, "NUMBER_TYPE_MIN", `int value should be greater than or equal to ${min}.`);
    if (value > max) this.fail(path, "NUMBER_TYPE_MAX", `int value should be less than or equal to ${max}.`);
    return true;
  }

  list(
    path: Path,
    value: unknown,
    rule: { min?: number; max?: number; optional?: boolean },
  ): value is unknown[] {
    if (value === undefined || value === null) {
      if (!rule.optional) this.required(path);
      return false;
    }
    if (!Array.isArray(value)) {
      this.fail(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
      return false;
    }
    const { min = 0, max = Number.POSITIVE_INFINITY } = rule;
    if (value.length < min || value.length > max) {
      if (min > 0) this.fail(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max} in length.`);
      else this.fail(path, "BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`);
    }
    return true;
  }

  object(path: Path, value: unknown, optional = false): value is Record<string, unknown> {
    if (value === undefined || value === null) {
      if (!optional) this.required(path);
      return false;
    }
    if (typeof value !== "object" || Array.isArray(value)) {
      this.fail(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
      return false;
    }
    return true;
  }

  oneOf<T>(path: Path, value: unknown, allowed: readonly T[], optional = false): value is T {
    if (value === undefined || value === null) {
      if (!optional) this.required(path);
      return false;
    }
    if (allowed.includes(value as T)) return true;
    this.fail(path, "BASE_TYPE_CHOICES", `Value must be one of {${allowed.join(", ")}}.`);
    return false;
  }

  boolean(path: Path, value: unknown, optional = true): value is boolean {
    if (value === undefined || value === null) {
      if (!optional) this.required(path);
      return false;
    }
    if (typeof value === "boolean") return true;
    this.fail(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
    return false;
  }

  /** @throws {ApiError} 50035 if anything failed. */
  done(): void {
    if (this.#count > 0) throw new ApiError(400, 50035, "Invalid Form Body", this.#errors);
  }
}
