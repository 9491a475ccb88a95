/**
 * Something the person can mend: it is shown to them as it is, so the message says what came, what is
 * allowed and what to do. Everything else that is thrown counts as a fault of Cloze and is logged.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** Stable, for tests and logs, e.g. "option-out-of-range". */
  readonly code: string;
  /** What the sentence speaks of, as data. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}
