import type { Action } from "../actions.ts";
import type { Block, Card } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import type { Place, Reply } from "../invocation.ts";
import type { RosterEntry, RosterImport } from "../people/roster.ts";
import { PLATFORM_LABEL } from "./link.ts";
import { defineCommand } from "./spec.ts";

export const rosterImport = defineCommand({
  name: "roster import",
  description: "Add the course's students from Canvas' gradebook export",
  help:
    "Takes the text of the file that Canvas gives under Grades, Export: the columns Student, ID, SIS User ID, SIS Login ID and Section are read, the others passed over. " +
    "Without csv a form opens to paste it into. A long list can be pasted in parts, each with the first line; who is there already is not added again. Students then join their line with /link student-id.",
  options: {
    csv: {
      type: "string",
      main: true,
      multiline: true,
      file: true,
      maxLength: 1_000_000,
      description: "The file's text, with its first line",
    },
  },
  examples: ["/roster import"],
  role: "teacher",
  ack: "modal",
  visibility: "private",
  async *run({ options, place }, context) {
    if (options.csv) {
      yield await imported(options.csv, place, context);
    } else if (place.channel.platform === "cli") {
      throw new UserError("option-missing", "csv is missing: the text of Canvas' gradebook export.", {
        option: "csv",
      });
    } else {
      yield {
        kind: "modal",
        modal: {
          title: "Import a roster",
          action: "roster.import",
          // The form stands for no record; the course is the channel's.
          record: "-",
          submitLabel: "Import",
          fields: [
            {
              id: "csv",
              label: "Canvas' gradebook export, as text",
              kind: "paragraph",
              required: true,
              placeholder: "Student,ID,SIS User ID,SIS Login ID,Section",
            },
          ],
        },
      };
    }
  },
});

const importAction: Action = {
  name: "roster.import",
  role: "teacher",
  async *run({ fields, place }, context) {
    yield await imported(fields?.csv ?? "", place, context);
  },
};

export const rosterShow = defineCommand({
  name: "roster show",
  description: "Who is in the course, and whose accounts are joined",
  options: {},
  examples: ["/roster show"],
  role: "teacher",
  ack: "instant",
  visibility: "private",
  async *run({ place }, { roster }) {
    const entries: RosterEntry[] = [];
    for await (const entry of roster.entries(place.courseId)) entries.push(entry);
    entries.sort((a, b) => a.displayName.localeCompare(b.displayName, "en"));
    yield { kind: "message", card: rosterCard(entries), data: { entries } };
  },
});

export const rosterActions: readonly Action[] = [importAction];

async function imported(csv: string, place: Place, { roster }: Context): Promise<Reply> {
  const result = await roster.importCsv(place.courseId, csv);
  return { kind: "message", card: importCard(result), data: result };
}

function importCard({ added, changed, unchanged, refused }: RosterImport): Card {
  const blocks: Block[] = [
    { type: "text", text: `${added} added, ${changed} changed, ${unchanged} there already.` },
  ];
  if (refused.length) {
    blocks.push(
      { type: "text", text: [{ bold: "Not taken" }] },
      { type: "list", items: refused.map(({ line, reason }) => `line ${line}: ${reason}`) },
    );
  }
  return { title: "Roster", tone: refused.length ? "warning" : "success", blocks };
}

function rosterCard(entries: readonly RosterEntry[]): Card {
  const groups: [string, RosterEntry[]][] = [
    ["Staff", entries.filter(({ role }) => role !== "student")],
    ["Students of the roster who have joined", students(entries, true, true)],
    ["Students of the roster who have not been here", students(entries, true, false)],
    ["Students who are not in the roster", students(entries, false, true).filter(({ guest }) => !guest)],
    ["Guests of the web classroom", entries.filter(({ guest }) => guest)],
  ];
  const blocks = groups
    .filter(([, people]) => people.length > 0)
    .flatMap(([heading, people]): Block[] => [
      { type: "text", text: [{ bold: `${heading}: ${people.length}` }] },
      { type: "list", items: people.map(inWords) },
    ]);
  const nobody: Block = {
    type: "text",
    text: "Nobody yet. Use /roster import, or wait for the first who use Cloze.",
  };
  return { title: "Roster", blocks: blocks.length ? blocks : [nobody] };
}

function students(entries: readonly RosterEntry[], listed: boolean, here: boolean): RosterEntry[] {
  return entries.filter(
    ({ role, canvas, accounts }) =>
      role === "student" && (canvas !== undefined) === listed && accounts.length > 0 === here,
  );
}

function inWords({ displayName, studentId, accounts }: RosterEntry): string {
  const places = [...new Set(accounts.map(({ platform }) => PLATFORM_LABEL[platform]))].join(", ");
  return [displayName, studentId && `(${studentId})`, places && `in ${places}`].filter(Boolean).join(" ");
}
