import type { Block, Card } from "../cards/card.ts";
import { textCard } from "../cards/card.ts";
import { UserError } from "../errors.ts";
import type { PlatformName } from "../invocation.ts";
import type { RosterEntry } from "../people/roster.ts";
import { defineCommand } from "./spec.ts";

export const PLATFORM_LABEL: Readonly<Record<PlatformName, string>> = {
  discord: "Discord",
  slack: "Slack",
  web: "the web classroom",
  cli: "the command line",
};

export const link = defineCommand({
  name: "link",
  description: "Join your Discord, Slack and web accounts into one person",
  help:
    "Without an option it shows who you are here and gives you a code; use that code with your other account within 10 minutes, and both are one person: one vote, one record. " +
    "With student-id it joins you with your line of the course's roster, so that what you do can be credited.",
  options: {
    code: {
      type: "string",
      main: true,
      maxLength: 40,
      description: "The code that /link gave to your other account",
    },
    studentId: {
      type: "string",
      maxLength: 80,
      description: "Your student ID or login, as the institution has it",
    },
  },
  examples: ["/link", "/link code:K7QD-2M9X", "/link student-id:s170"],
  ack: "instant",
  visibility: "private",
  unavailable: {
    cli: "Accounts are joined where they are: use /link in Discord, Slack or the web classroom.",
  },
  async *run({ options, person, place }, { roster }) {
    const code = options.code?.trim();
    const studentId = options.studentId?.trim();
    if (code && studentId) {
      throw new UserError("link-two", "Give either code or student-id, one after the other.");
    }
    const { courseId } = place;
    if (studentId) {
      const entry = await roster.claimStudent(courseId, person.id, studentId);
      yield {
        kind: "message",
        card: linked("You are joined with your line of the roster.", entry),
        data: entry,
      };
      return;
    }
    if (code) {
      const joined = await roster.finishLink(courseId, code, person.account, person.role);
      const entry = await roster.entry(courseId, joined.id);
      if (!entry) throw new Error(`The person ${joined.id} vanished.`);
      yield { kind: "message", card: linked("These accounts are one person now.", entry), data: entry };
      return;
    }
    const entry = await roster.entry(courseId, person.id);
    const fresh = await roster.startLink(courseId, person.id);
    yield {
      kind: "message",
      card: {
        title: "Join another account",
        blocks: [
          {
            type: "text",
            text: ["With your other account, within 10 minutes: ", { code: `/link code:${fresh}` }],
          },
          {
            type: "text",
            text: [{ bold: "Show it to nobody: " }, "whoever uses it becomes you. It works once."],
          },
          ...(entry ? [whoYouAre(entry)] : []),
        ],
      },
      data: { code: fresh },
    };
  },
});

function linked(sentence: string, entry: RosterEntry): Card {
  const { blocks } = textCard(sentence);
  return { tone: "success", blocks: [...blocks, whoYouAre(entry)] };
}

function whoYouAre({ displayName, role, guest, studentId, accounts }: RosterEntry): Block {
  const places = accounts.map((account) => `${account.displayName} in ${PLATFORM_LABEL[account.platform]}`);
  return {
    type: "fields",
    fields: [
      { name: "Name", value: displayName },
      { name: "Role", value: guest ? "guest, until you join another account or your student ID" : role },
      { name: "Accounts", value: places.join(", ") },
      { name: "Student ID", value: studentId ?? "not joined; /link student-id:… does it" },
    ],
  };
}
