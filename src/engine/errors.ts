/** Every error the engine throws on purpose; its message says what came, what is allowed and what to do. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  /** Stable, e.g. "prompt-too-long". */
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fields = fields;
  }
}
