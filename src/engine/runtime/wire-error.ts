import { EngineError } from "../errors.ts";
import { DecodingOptionError } from "../generation/errors.ts";

/** An error as it travels between processes: structured cloning would lose class, code and fields. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Every own property beside the three above. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error), stack: undefined, fields: {} };
  const { name, message, stack } = error;
  const fields = Object.fromEntries(
    Object.entries(error).filter(
      ([key, value]) => key !== "name" && key !== "cause" && typeof value !== "function",
    ),
  );
  return { name, message, stack, fields };
}

/**
 * The error on the caller's side: refused settings stay DecodingOptionError, errors with a code become
 * EngineError, and anything else is a fault of the engine, "internal", with the worker's stack as its cause.
 */
export function fromWireError({ name, message, stack, fields }: WireError): Error {
  if (name === "DecodingOptionError") {
    const { option, given, allowed, hint } = fields as {
      option: string;
      given: unknown;
      allowed: string;
      hint: string;
    };
    return new DecodingOptionError({
      option,
      given,
      allowed,
      hint,
      reason: message.slice(0, -hint.length - 1),
    });
  }
  const { code, fields: own, ...rest } = fields;
  if (typeof code === "string" && (name === "EngineError" || name.endsWith("Error"))) {
    return new EngineError(code, message, { ...rest, ...(own as Record<string, unknown> | undefined) });
  }
  const cause = new Error(message);
  cause.name = name;
  if (stack !== undefined) cause.stack = stack;
  return new EngineError("internal", `The engine failed: ${message}`, {}, cause);
}
