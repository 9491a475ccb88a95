import { UserError } from "../../bot/errors.ts";
import type { Messenger } from "../../bot/messenger.ts";

/** A command line has no channels that others read: what a command would post there is refused. */
export const cliMessenger: Messenger = {
  post: refuse,
  update: refuse,
  direct: refuse,
  openRoom: refuse,
};

async function refuse(): Promise<never> {
  throw new UserError(
    "cli-alone",
    "The command line reaches no channel or person. Use this command in the classroom, in Discord or in Slack.",
  );
}
