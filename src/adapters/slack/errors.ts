import { webApi } from "@slack/bolt";
import { UserError } from "../../bot/errors.ts";

/** Slack refused a call. */
export class SlackCallError extends Error {
  override readonly name = "SlackCallError";
  readonly code = "slack-call-refused";
  readonly method: string;
  /** Slack's word for it, e.g. "channel_not_found". */
  readonly error: string;
  /** What else Slack said: `needed` scopes, messages with the bad field. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(method: string, error: string, details: Readonly<Record<string, unknown>>) {
    super(`Slack refused ${method}: ${error}${describe(details)}`);
    this.method = method;
    this.error = error;
    this.details = details;
  }
}

/** The call may or may not have been done: no answer came, or none that could be read. */
export class SlackUnansweredError extends Error {
  override readonly name = "SlackUnansweredError";
  readonly code = "slack-call-unanswered";
  readonly method: string;

  constructor(method: string, cause: unknown) {
    super(`Slack did not answer ${method}.`, { cause });
    this.method = method;
  }
}

function describe({ needed, response_metadata }: Readonly<Record<string, unknown>>): string {
  const messages = (response_metadata as { messages?: readonly string[] } | undefined)?.messages ?? [];
  const parts = [...(typeof needed === "string" ? [`needs the scope ${needed}`] : []), ...messages];
  return parts.length > 0 ? ` (${parts.join("; ")})` : "";
}

/** What the client library threw, in our classes; everything else stays as it is. */
export function callError(method: string, error: unknown): unknown {
  if (error instanceof webApi.WebAPIPlatformError) {
    const { error: word, ...details } = error.data;
    return new SlackCallError(method, word, details as Record<string, unknown>);
  }
  if (error instanceof webApi.WebAPIRequestError || error instanceof webApi.WebAPIHTTPError) {
    return new SlackUnansweredError(method, error);
  }
  return error;
}

/** Whether nobody can see this message any more, so that writing it on is pointless. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof SlackCallError &&
    ["message_not_found", "channel_not_found", "is_inactive", "is_archived", "cant_update_message"].includes(
      error.error,
    )
  );
}

/** Whether the app may not post here, though the person may be answered through the event itself. */
export function isOutside(error: unknown): boolean {
  return error instanceof SlackCallError && ["not_in_channel", "channel_not_found"].includes(error.error);
}

/** The sentence for people where one of them can mend it; the error itself where not. */
export function forPeople(error: unknown): unknown {
  if (!(error instanceof SlackCallError)) return error;
  switch (error.error) {
    case "not_in_channel":
    case "channel_not_found":
      return new UserError(
        "slack-not-in-channel",
        "Cloze is not in that Slack channel. Invite it there with /invite and its name, then try again.",
      );
    case "is_archived":
      return new UserError("slack-channel-archived", "That Slack channel is archived. Use another one.");
    case "missing_scope":
      return new UserError("slack-missing-scope", missingScope(error), { needed: error.details.needed });
    default:
      return error;
  }
}

export function missingScope({ details }: SlackCallError): string {
  return `The Slack app lacks the scope ${String(details.needed)}. Add it under "OAuth & Permissions" on api.slack.com/apps (or update the manifest with "npx cloze setup slack"), then reinstall the app to the workspace.`;
}
