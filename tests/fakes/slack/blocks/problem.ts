/** What Slack finds wrong in blocks or a view, with the JSON pointer of the bad field. */
export interface Problem {
  readonly message: string;
  readonly pointer: string;
}

export type Problems = Problem[];

/** As in `response_metadata.messages`. */
export function problemMessages(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `[ERROR] ${problem.message} [json-pointer:${problem.pointer}]`);
}

/** As in the `errors` array beside it. */
export function problemErrors(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `${problem.message} [json-pointer:${problem.pointer}]`);
}
