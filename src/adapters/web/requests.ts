import type { Context } from "hono";
import { z } from "zod";
import { UserError } from "../../bot/errors.ts";
import { NAME_CHARACTERS, SAID_CHARACTERS } from "./limits.ts";
import type { ActionRequest, CommandRequest, SaidRequest, SuggestRequest } from "./wire.ts";

/** The shapes of what browsers send. Lengths beyond these are no browser page of ours. */

const id = z.string().min(1).max(64);
const short = z.string().max(200);
const sent = { request: id, channel: id };

export const joinRequest = z.object({
  key: z.string().max(200),
  name: z.string().max(NAME_CHARACTERS * 8),
});

export const renameRequest = z.object({ name: z.string().max(NAME_CHARACTERS * 8) });

export const saidRequest: z.ZodType<SaidRequest> = z.object({ ...sent, text: z.string() });

export const commandRequest: z.ZodType<CommandRequest> = z.object({
  ...sent,
  command: short,
  options: z.record(short, z.string()),
});

export const actionRequest: z.ZodType<ActionRequest> = z.object({
  ...sent,
  message: id.optional(),
  action: short,
  record: short,
  value: short.optional(),
  values: z.array(short).max(25).optional(),
  fields: z.record(short, z.string()).optional(),
});

export const suggestRequest: z.ZodType<SuggestRequest> = z.object({
  channel: id,
  command: short,
  option: short,
  typed: z.string(),
});

/** @throws {UserError} "request-invalid" */
export function read<T>(shape: z.ZodType<T>, body: unknown): T {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UserError(
    "request-invalid",
    `The request's ${issue?.path.join(".") || "body"} is not usable: ${issue?.message ?? "unknown"}. Reload the page.`,
    { path: issue?.path },
  );
}

/** @throws {UserError} "text-too-long", "text-empty" */
export function checkSaid(text: string): string {
  const { length } = text;
  if (length > SAID_CHARACTERS) {
    throw new UserError(
      "text-too-long",
      `This has ${length.toLocaleString("en")} characters; a message takes ${SAID_CHARACTERS.toLocaleString("en")}. Shorten it, or send it in parts.`,
      { given: length, allowed: SAID_CHARACTERS },
    );
  }
  if (text.trim() === "") throw new UserError("text-empty", "There is nothing to send.");
  return text;
}

/** @throws {UserError} "request-invalid"; what reading the body threw, when it was too large */
export async function jsonOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("request-invalid", "The request is no JSON. Reload the page.");
  }
}
