import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Action } from "../actions.ts";
import type { Block } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { itemsOn, readBank } from "../course/bank.ts";
import type { ImportDefaults, ItemImport } from "../course/imports/imported-items.ts";
import { readGift } from "../course/imports/read-gift.ts";
import { readItemsCsv } from "../course/imports/read-items-csv.ts";
import { UserError } from "../errors.ts";
import type { Place, Reply } from "../invocation.ts";
import { newRecordId } from "../store/record-id.ts";
import { topicOption } from "./course-options.ts";
import { defineCommand } from "./spec.ts";

const FORMATS = ["gift", "csv"] as const;
type Format = (typeof FORMATS)[number];

export const importItems = defineCommand({
  name: "import items",
  description: "Add questions to the course's bank from Moodle's GIFT format or a CSV table",
  help:
    "Without text a form opens to paste it into. The items are written into a new file of the course's own items folder, where they can be edited; with the sample course you get the file instead. What can't be taken is listed with its line. " +
    "CSV has the columns kind (single, multiple, numeric, short), question, right, and if wanted id, objectives, wrong, tolerance, explanation, source; several values in a cell are separated by |.",
  options: {
    format: {
      type: "string",
      required: true,
      choices: [
        { name: "GIFT, Moodle's text format", value: "gift" },
        { name: "CSV, a table", value: "csv" },
      ],
      description: "What the text is",
    },
    objective: {
      ...topicOption,
      required: true,
      description: "The objective of items that name none, such as decoding.top-p",
    },
    text: {
      type: "string",
      main: true,
      multiline: true,
      file: true,
      maxLength: 1_000_000,
      description: "The file's text",
    },
  },
  examples: ["/import items format:gift objective:decoding.top-p"],
  role: "teacher",
  ack: "modal",
  visibility: "private",
  async *run({ options, place }, context) {
    const format = options.format as Format;
    if (options.text) {
      yield await imported(format, options.objective, options.text, place, context);
      return;
    }
    if (place.channel.platform === "cli") {
      throw new UserError("option-missing", "text is missing: the items in GIFT or CSV.", { option: "text" });
    }
    await known(options.objective, place, context);
    yield {
      kind: "modal",
      modal: {
        title: "Import items",
        action: "items.import",
        record: format,
        submitLabel: "Import",
        fields: [
          {
            id: "text",
            label: format === "gift" ? "Items in GIFT" : "Items as CSV",
            kind: "paragraph",
            required: true,
          },
          {
            id: "objective",
            label: "Objective of items that name none",
            kind: "line",
            required: true,
            value: options.objective,
          },
        ],
      },
    };
  },
});

const submit: Action = {
  name: "items.import",
  role: "teacher",
  async *run({ record, fields, place }, context) {
    const format = FORMATS.find((each) => each === record);
    if (!format)
      throw new UserError(
        "option-invalid",
        "This form belongs to another version of Cloze. Use /import items anew.",
      );
    yield await imported(format, fields?.objective ?? "", fields?.text ?? "", place, context);
  },
};

export const importActions: readonly Action[] = [submit];

async function known(objective: string, place: Place, { courses }: Context) {
  const course = courses.get(place.courseId);
  const bank = await readBank(course);
  const id = objective.trim();
  const isKnown = bank.objectives.some((each) => each.id === id);
  // Says what there is, with the nearest one.
  if (!isKnown) itemsOn(bank, id);
  if (!isKnown) {
    throw new UserError(
      "topic-unknown",
      `"${id.slice(0, 80)}" stands for several objectives; name one: ${bank.objectives.map((each) => each.id).join(", ")}.`,
    );
  }
  return { course, bank, id };
}

async function imported(
  format: Format,
  objective: string,
  text: string,
  place: Place,
  context: Context,
): Promise<Reply> {
  const { course, bank, id } = await known(objective, place, context);
  const defaults: ImportDefaults = {
    objective: id,
    knownObjectives: bank.objectives.map((each) => each.id),
    source: `Imported on ${new Date(context.clock.now()).toISOString().slice(0, "2026-10-05".length)}`,
    takenIds: bank.items.map((item) => item.id),
  };
  const result = format === "gift" ? readGift(text, defaults) : readItemsCsv(text, defaults);
  if (result.items.length === 0) {
    const reasons = result.refused.map(({ where, reason }) => `${where}: ${reason}.`).join(" ");
    throw new UserError("items-none", `Nothing could be taken. ${reasons}`.trim().slice(0, 2_000));
  }
  const yaml = stringify({ items: result.items });
  const fileName = `imported-${newRecordId().toLowerCase()}.yaml`;
  if (course.content !== undefined) {
    const folder = join(course.content, "items");
    await mkdir(folder, { recursive: true });
    // Never over a file that is there.
    await writeFile(join(folder, fileName), yaml, { flag: "wx" });
  }
  return {
    kind: "message",
    card: {
      title: "Items",
      tone: result.refused.length > 0 || course.content === undefined ? "warning" : "success",
      blocks: [
        ...summary(result, course.content === undefined ? undefined : fileName),
        ...lists(result),
        file(fileName, yaml),
      ],
    },
    data: { items: result.items.map((item) => item.id), refused: result.refused, notes: result.notes },
  };
}

function summary({ items }: ItemImport, saved: string | undefined): Block[] {
  const count = items.length === 1 ? "1 item" : `${items.length} items`;
  const where =
    saved === undefined
      ? "read. This is the sample course, which has no folder of its own: put the file into the items folder of yours, and name that in cloze.yaml as content."
      : `added to the bank, in items/${saved}. They can be asked from now on.`;
  return [{ type: "text", text: `${count} ${where}` }];
}

function lists({ refused, notes }: ItemImport): Block[] {
  const list = (title: string, lines: ItemImport["notes"]): Block[] =>
    lines.length === 0
      ? []
      : [
          { type: "text", text: [{ bold: title }] },
          { type: "list", items: lines.map(({ where, reason }) => `${where}: ${reason}`) },
        ];
  return [...list("Not taken", refused), ...list("Taken, with a change", notes)];
}

function file(fileName: string, yaml: string): Block {
  return { type: "file", fileName, mediaType: "text/yaml", bytes: new TextEncoder().encode(yaml) };
}
