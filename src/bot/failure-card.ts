import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { EngineError } from "../engine/errors.ts";
import type { Block, Card } from "./cards/card.ts";
import { textCard } from "./cards/card.ts";
import { UserError } from "./errors.ts";
import type { Reply, ReplyError } from "./invocation.ts";
import { StoreError } from "./store/errors.ts";

/**
 * What the person sees of a failure. Their own mistakes are told as they are; a fault of Cloze is logged
 * under a short id and told with that id. What had been written before is kept above the message.
 * @param shown The last card of the reply that failed, when there was one.
 */
export function failureReply(error: unknown, log: Logger, shown?: Card): Reply & { error: ReplyError } {
  const told = describe(error, log);
  if (!shown) {
    return { kind: "private", card: textCard(told.message, { tone: "error" }), error: told };
  }
  const note: Block = { type: "text", text: [{ bold: "Interrupted. " }, told.message] };
  return {
    kind: "message",
    card: { ...shown, tone: "error", blocks: [...shown.blocks, note], actions: [] },
    error: told,
  };
}

function describe(error: unknown, log: Logger): ReplyError {
  if (error instanceof UserError || error instanceof EngineError) {
    return { code: error.code, message: error.message, fault: false };
  }
  if (error instanceof StoreError) {
    log.error({ err: error }, "the store failed");
    const what =
      error.code === "store-uncertain"
        ? "Cloze lost its database while saving this and can't tell whether it counts. Do it once more in a moment (twice counts once)"
        : "Cloze could not save this, so it does not count. Try again in a moment";
    return {
      code: error.code,
      message: `${what}; if it stays so, tell the teacher: the log says what is wrong with the database.`,
      fault: true,
    };
  }
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, failure: id }, "a command failed");
  return {
    code: "fault",
    message: `Something in Cloze failed; nothing you did. The log has it under ${id}. Try again, or tell the teacher that number.`,
    fault: true,
  };
}
