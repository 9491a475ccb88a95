/** A tree of field errors as Discord nests them: keys are field names or array indices, leaves have `_errors`. */
export interface FieldErrors {
  _errors?: { code: string; message: string }[];
  [field: string]: FieldErrors | { code: string; message: string }[] | undefined;
}

/** A refusal as the REST API words it: HTTP status, JSON error code, message, and field errors for 50035. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: number;
  readonly errors: FieldErrors | undefined;
  constructor(status: number, code: number, message: string, errors?: FieldErrors) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
  body(): { code: number; message: string; errors?: FieldErrors } {
    return { message: this.message, code: this.code, ...(this.errors ? { errors: this.errors } : {}) };
  }
}

/** The refusals this server gives, by JSON error code (Opcodes and Status Codes, "JSON Error Codes"). */
export const refusals = {
  unauthorized: () => new ApiError(401, 0, "401: Unauthorized"),
  notFound: () => new ApiError(404, 0, "404: Not Found"),
  unknownApplication: () => new ApiError(404, 10002, "Unknown Application"),
  unknownChannel: () => new ApiError(404, 10003, "Unknown Channel"),
  unknownGuild: () => new ApiError(404, 10004, "Unknown Guild"),
  unknownMember: () => new ApiError(404, 10007, "Unknown Member"),
  unknownMessage: () => new ApiError(404, 10008, "Unknown Message"),
  unknownUser: () => new ApiError(404, 10013, "Unknown User"),
  unknownWebhook: () => new ApiError(404, 10015, "Unknown Webhook"),
  unknownInteraction: () => new ApiError(404, 10062, "Unknown interaction"),
  unknownCommand: () => new ApiError(404, 10063, "Unknown application command"),
  notYourApplication: () =>
    new ApiError(403, 20012, "You are not authorized to perform this action on this application"),
  tooManyAttachments: () =>
    new ApiError(400, 30015, "Maximum number of attachments in a message reached (10)"),
  tooManyCommands: () => new ApiError(400, 30032, "Maximum number of application commands reached"),
  tooManyThreadMembers: () =>
    new ApiError(400, 30033, "Maximum number of thread participants has been reached (1000)"),
  tooManyCommandCreates: () =>
    new ApiError(429, 30034, "Max number of daily application command creates has been reached (200)"),
  tooLarge: () => new ApiError(413, 40005, "Request entity too large"),
  alreadyAcknowledged: () => new ApiError(400, 40060, "Interaction has already been acknowledged."),
  missingAccess: () => new ApiError(403, 50001, "Missing Access"),
  dmChannel: () => new ApiError(400, 50003, "Cannot execute action on a DM channel"),
  notYourMessage: () => new ApiError(403, 50005, "Cannot edit a message authored by another user"),
  emptyMessage: () => new ApiError(400, 50006, "Cannot send an empty message"),
  cannotMessageUser: () => new ApiError(403, 50007, "Cannot send messages to this user"),
  notText: () => new ApiError(400, 50008, "Cannot send messages in a non-text channel"),
  missingPermissions: () => new ApiError(403, 50013, "Missing Permissions"),
  wrongChannelType: () => new ApiError(400, 50024, "Cannot execute action on this channel type"),
  invalidWebhookToken: () => new ApiError(401, 50027, "Invalid Webhook Token"),
  archivedThread: () => new ApiError(400, 50083, "Thread is archived"),
  badJson: () => new ApiError(400, 50109, "The request body contains invalid JSON."),
  noMutualGuild: () =>
    new ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds"),
};

/**
 * Something Discord can do and this server doesn't imitate. Answered with HTTP 501, which no client mistakes for
 * success, so nothing can come to rely on it unawares.
 */
export const notImitated = (what: string): ApiError =>
  new ApiError(501, 0, `This loopback server does not imitate ${what}.`);
