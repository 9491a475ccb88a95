/** A token's text with its spaces and line breaks shown: "·nice", "⏎". */
export function visible(text: string): string {
  return text.replaceAll(" ", "·").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}
