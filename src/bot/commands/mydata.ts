import type { Action } from "../actions.ts";
import { textCard } from "../cards/card.ts";
import { deletePerson, personalData } from "../people/personal-data.ts";
import { defineCommand } from "./spec.ts";

export const mydataExport = defineCommand({
  name: "mydata export",
  description: "Everything Cloze has kept about you in this course, as a file",
  options: {},
  examples: ["/mydata export"],
  ack: "deferred",
  visibility: "private",
  async *run({ person, place }, { store, clock }) {
    const data = await personalData(store, place.courseId, person.id);
    const day = new Date(clock.now()).toISOString().slice(0, "2026-10-05".length);
    yield {
      kind: "message",
      card: {
        title: "Your data",
        blocks: [
          {
            type: "text",
            text: "Who you are here, your answers with their grades, and your settings. Only you see this.",
          },
          {
            type: "file",
            fileName: `my-data-${day}.json`,
            mediaType: "application/json",
            bytes: new TextEncoder().encode(JSON.stringify(data, null, 2)),
          },
        ],
      },
      data,
    };
  },
});

export const mydataDelete = defineCommand({
  name: "mydata delete",
  description: "Delete what Cloze has kept about you in this course",
  help: "Asks before it deletes. Your answers, grades, accounts and pseudonym go, and no later export has them. Messages in channels, files that were exported before, and the institution's line in the roster are not Cloze's to delete.",
  options: {},
  examples: ["/mydata delete"],
  ack: "instant",
  visibility: "private",
  async *run({ person }) {
    yield {
      kind: "message",
      card: {
        title: "Delete your data?",
        tone: "warning",
        blocks: [
          {
            type: "text",
            text: "Your answers in this course, their grades, your joined accounts and your pseudonym are deleted for good, and points for them are lost. What stays: messages that stand in channels, files that somebody has exported before, and your line in the institution's roster. /mydata export gives you a copy first.",
          },
        ],
        actions: [
          {
            buttons: [
              { label: "Delete for good", action: "mydata.delete", record: person.id, style: "danger" },
            ],
          },
        ],
      },
    };
  },
});

const erase: Action = {
  name: "mydata.delete",
  async *run({ record, person, place }, { store }) {
    // The button was made for one person; anybody else who gets at it deletes nothing.
    if (record !== person.id) {
      yield {
        kind: "private",
        card: textCard("This button is somebody else's. Use /mydata delete for your own data."),
      };
      return;
    }
    const { answers, accounts, rosterLineKept } = await deletePerson(store, place.courseId, person.id);
    const kept = rosterLineKept ? " The institution's line in the roster stays, without an account." : "";
    const text = `Deleted: ${answers} answers with their grades, ${accounts} accounts, pseudonym and settings.${kept} When you use Cloze again, you are somebody new to it.`;
    yield { kind: "update", card: textCard(text, { tone: "success" }) };
  },
};

export const mydataActions: readonly Action[] = [erase];
