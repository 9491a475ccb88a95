/**
 * Makes text from people and models inert. In rich text, Slack takes a text run literally: no markup, no
 * mention, no link, no emoji code. What remains are characters that change how the rest is shown.
 */

/** Bidirectional controls (they reorder what follows) and control characters other than tab and line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text as it is put into a text run or a plain_text object. Letters of any direction stay. */
export function inert(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(CONTROLS, "").toWellFormed();
}

/** For fields that Slack reads as mrkdwn, such as a message's `text`: its three escapes. */
export function escapeEntities(text: string): string {
  return inert(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** For streamed text, which Slack reads as Markdown: every mark is escaped. */
export function escapeMarkdown(text: string): string {
  return escapeEntities(text)
    .replace(/[\\`*_{}[\]()#+\-.!|~:@$^=]/g, "\\$&")
    .replaceAll("\n", "  \n");
}
