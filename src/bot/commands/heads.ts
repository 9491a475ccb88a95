import { textCard } from "../cards/card.ts";
import { UserError } from "../errors.ts";
import { allHeads, deleteHead, loadHead } from "../learning/head-records.ts";
import { checkedName } from "../learning/names.ts";
import { atLeast } from "../people/roles.ts";
import { headOption } from "./classify.ts";
import { defineCommand } from "./spec.ts";

export const headsList = defineCommand({
  name: "heads list",
  description: "The heads that /finetune has trained in this course",
  options: {},
  examples: ["/heads list"],
  ack: "instant",
  visibility: "channel",
  async *run({ place }, { store }) {
    const heads = await allHeads(store, place.courseId);
    const rows = heads.map(({ name, labels, examples, heldOut }) => [
      name,
      labels.join(", "),
      String(examples),
      `${(100 * heldOut.accuracy).toFixed(0)} % (n = ${heldOut.n})`,
    ]);
    yield {
      kind: "message",
      card:
        heads.length === 0
          ? textCard("There are no heads yet. /finetune trains one.", { title: "Heads" })
          : {
              title: "Heads",
              blocks: [
                {
                  type: "table",
                  columns: [
                    { name: "head" },
                    { name: "labels" },
                    { name: "examples", align: "right" },
                    { name: "held-out accuracy", align: "right" },
                  ],
                  rows,
                },
              ],
            },
      data: {
        heads: heads.map(({ name, labels, examples, heldOut, trainedOn, trainedAt }) => ({
          name,
          labels,
          examples,
          heldOut,
          trainedOn,
          trainedAt: new Date(trainedAt).toISOString(),
        })),
      },
    };
  },
});

export const headsDelete = defineCommand({
  name: "heads delete",
  description: "Delete a head: who trained it, and staff, may",
  options: { head: { ...headOption, main: true } },
  examples: ["/heads delete head:spam"],
  ack: "instant",
  visibility: "private",
  async *run({ options, person, place }, { store }) {
    const name = checkedName("The head's name", options.head);
    const { record } = await loadHead(store, place.courseId, name);
    if (record.trainedBy !== person.id && !atLeast(person.role, "assistant")) {
      throw new UserError(
        "head-not-yours",
        `Somebody else has trained ${name}; they or the teacher can delete it.`,
        {
          name,
        },
      );
    }
    await deleteHead(store, place.courseId, name);
    yield {
      kind: "message",
      card: textCard(`The head ${name} is deleted.`, { title: "Heads" }),
      data: { name },
    };
  },
});
