import { EngineError } from "../errors.ts";

/**
 * A generation setting, or a combination of settings, that cannot be honoured. Nothing is ignored silently:
 * whatever has no effect under the chosen strategy is refused with this error.
 */
export class DecodingOptionError extends EngineError {
  override readonly name = "DecodingOptionError";
  /** The setting's name in code, e.g. `topP`. */
  readonly option: string;
  readonly given: unknown;
  /** What would have been accepted, as a phrase: "above 0 and at most 1". */
  readonly allowed: string;
  /** What to do next, as a sentence. */
  readonly hint: string;

  constructor(refusal: { option: string; given: unknown; allowed: string; hint: string; reason?: string }) {
    const label = optionLabel(refusal.option);
    const problem = refusal.reason ?? `${label} is ${show(refusal.given)}; it must be ${refusal.allowed}.`;
    super("decoding-option", `${problem} ${refusal.hint}`, refusal);
    this.option = refusal.option;
    this.given = refusal.given;
    this.allowed = refusal.allowed;
    this.hint = refusal.hint;
  }
}

/** @throws {DecodingOptionError} always; for values outside what a setting accepts. */
export function refuseSetting(option: string, given: unknown, allowed: string, hint: string): never {
  throw new DecodingOptionError({ option, given, allowed, hint });
}

/** Every token has been ruled out, so there is nothing to continue with. */
export class NoTokenLeftError extends EngineError {
  override readonly name = "NoTokenLeftError";
  /** 0-based index of the generated token that could not be chosen. */
  readonly step: number;

  constructor(step: number) {
    super(
      "no-token-left",
      `No token is left at step ${step + 1}: bad words, suppressed tokens, the word list, no-repeat-ngram and the minimum length together rule out the whole vocabulary. Loosen one of them.`,
    );
    this.step = step;
  }
}

/** The model's logits cannot be turned into probabilities (NaN, +Infinity, or nothing finite). */
export class InvalidLogitsError extends EngineError {
  override readonly name = "InvalidLogitsError";
  readonly step: number;

  constructor(step: number) {
    super(
      "invalid-logits",
      `The model's scores at step ${step + 1} hold NaN or +Infinity, so there is no probability distribution to decode from. Check the model file and its precision.`,
    );
    this.step = step;
  }
}

/** `topP` → `top-p`: the spelling on the command line and in every message. */
export function optionLabel(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}
