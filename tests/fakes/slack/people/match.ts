/** What a wait looks for: any text, a part of it, a pattern, or a test of one's own. */
export type Match = string | RegExp | ((text: string) => boolean) | undefined;

export function matches(match: Match, text: string): boolean {
  if (match === undefined) return true;
  if (typeof match === "string") return text.includes(match);
  return match instanceof RegExp ? match.test(text) : match(text);
}

export function describeMatch(match: Match): string {
  if (match === undefined) return "";
  return typeof match === "function" ? " that passes the test's check" : ` with ${match}`;
}
