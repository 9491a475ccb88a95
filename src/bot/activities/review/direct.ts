import type { Card } from "../../cards/card.ts";
import type { Services } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { Account } from "../../invocation.ts";

/** A direct message to the first of a person's accounts that takes it. Returns whether one did. */
export async function sendDirect(
  { messenger, log }: Pick<Services, "messenger" | "log">,
  accounts: readonly Account[],
  card: Card,
): Promise<boolean> {
  for (const { platform, id, displayName } of accounts) {
    try {
      await messenger.direct({ platform, id, displayName }, card);
      return true;
    } catch (error) {
      // An error that is no refusal may have come after the message: a second account would get it as well.
      if (!(error instanceof UserError)) {
        log.warn({ err: error, platform }, "a direct message was not delivered");
        return false;
      }
    }
  }
  return false;
}
