import type { Action, ActionInvocation } from "../../actions.ts";
import type { Block, Card } from "../../cards/card.ts";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import { showPoll } from "../poll/show-poll.ts";
import { getPoll } from "../poll/voting.ts";
import {
  clusterAnswers,
  clusterRecords,
  getCluster,
  hidden,
  merged,
  renamed,
  type ShareClusters,
} from "./share-clusters.ts";

const MOST_CHOICES = 25;
const LABEL = 75;

const list: Action = {
  name: "cluster.list",
  role: "assistant",
  async *run(invocation, context) {
    yield { kind: "private", card: listCard(await clustersOf(invocation, context), invocation.record) };
  },
};

const pick: Action = {
  name: "cluster.pick",
  role: "assistant",
  async *run(invocation, context) {
    const all = await clustersOf(invocation, context);
    const id = invocation.values?.[0] ?? invocation.value ?? "";
    yield {
      kind: "update",
      card: id === "" ? listCard(all, invocation.record) : oneCard(all, invocation.record, id),
    };
  },
};

const merge: Action = {
  name: "cluster.merge",
  role: "assistant",
  async *run(invocation, context) {
    const [id = "", other = ""] = invocation.values?.[0]?.split("+") ?? [];
    const all = await change(invocation, context, (now) => merged(now, id, other));
    yield { kind: "update", card: listCard(all, invocation.record) };
  },
};

const hide: Action = {
  name: "cluster.hide",
  role: "assistant",
  async *run(invocation, context) {
    const id = invocation.value ?? "";
    const all = await change(invocation, context, (now) => hidden(now, id, !getCluster(now, id).hidden));
    yield { kind: "update", card: oneCard(all, invocation.record, id) };
  },
};

const name: Action = {
  name: "cluster.name",
  role: "assistant",
  opensModal: true,
  async *run(invocation, context) {
    const { name: before } = getCluster(await clustersOf(invocation, context), invocation.value ?? "");
    yield {
      kind: "modal",
      modal: {
        title: "Name the group",
        action: "cluster.named",
        // The form brings back its record alone, so that carries the group as well.
        record: `${invocation.record}+${invocation.value}`,
        submitLabel: "Name it",
        fields: [
          {
            id: "name",
            label: "A few words that say what they share",
            kind: "line",
            required: true,
            maxLength: 80,
            ...(before !== undefined && { value: before }),
          },
        ],
      },
    };
  },
};

const named: Action = {
  name: "cluster.named",
  role: "assistant",
  async *run(invocation, context) {
    const [record = "", id = ""] = invocation.record.split("+");
    const words = invocation.fields?.name?.trim() ?? "";
    if (words === "") throw new UserError("name-empty", "The name is empty. Write a few words.");
    const all = await change({ ...invocation, record }, context, (now) => renamed(now, id, words));
    yield { kind: "private", card: oneCard(all, record, id) };
  },
};

export const clusterActions: readonly Action[] = [list, pick, merge, hide, name, named];

/** Grouped now, should that have failed when the share phase began. */
async function clustersOf({ record, place }: ActionInvocation, context: Context): Promise<ShareClusters> {
  const records = clusterRecords(context.store);
  const key = `${place.courseId}/${record}`;
  const known = await records.get(key);
  if (known) return known;
  const poll = await getPoll(context.store, place.courseId, record);
  if (poll.answer !== "text" || poll.state === "open") {
    throw new UserError("clusters-none", "Answers in free words are grouped when the share phase begins.");
  }
  await records.setIfAbsent(key, await clusterAnswers(context, poll));
  void showPoll(context, poll);
  return (await records.get(key))!;
}

async function change(
  invocation: ActionInvocation,
  context: Context,
  step: (now: ShareClusters) => ShareClusters,
): Promise<ShareClusters> {
  const before = await clustersOf(invocation, context);
  const key = `${invocation.place.courseId}/${invocation.record}`;
  const all = await clusterRecords(context.store).update(key, (now = before) => step(now));
  void showPoll(context, await getPoll(context.store, invocation.place.courseId, invocation.record));
  return all;
}

function listCard(all: ShareClusters, record: string): Card {
  const shown = all.clusters.slice(0, MOST_CHOICES);
  const more = all.clusters.length - shown.length;
  const blocks: Block[] = [
    {
      type: "list",
      items: all.clusters.map((cluster) => [
        { bold: `${cluster.members.length} ` },
        labelOf(all, cluster),
        cluster.hidden ? " (hidden)" : "",
      ]),
    },
    ...(more > 0
      ? [
          {
            type: "text" as const,
            text: `The menu has the ${MOST_CHOICES} largest; ${more} more groups are smaller.`,
          },
        ]
      : []),
  ];
  const choices = shown.map((cluster) => ({ label: shorten(labelOf(all, cluster)), value: cluster.id }));
  return {
    title: "Groups of answers",
    blocks,
    ...(choices.length > 0 && {
      actions: [{ select: { action: "cluster.pick", record, placeholder: "Look at a group", choices } }],
    }),
  };
}

function oneCard(all: ShareClusters, record: string, id: string): Card {
  const own = getCluster(all, id);
  const others = all.clusters.filter((each) => each !== own).slice(0, MOST_CHOICES);
  return {
    title: labelOf(all, own),
    blocks: [{ type: "list", items: own.members.map((at) => all.answers[at]!) }],
    actions: [
      {
        buttons: [
          { label: "Rename", action: "cluster.name", record, value: id },
          { label: own.hidden ? "Show" : "Hide", action: "cluster.hide", record, value: id },
          { label: "All groups", action: "cluster.pick", record },
        ],
      },
      ...(others.length > 0
        ? [
            {
              select: {
                action: "cluster.merge",
                record,
                placeholder: "Merge with",
                choices: others.map((each) => ({
                  label: shorten(labelOf(all, each)),
                  value: `${id}+${each.id}`,
                })),
              },
            },
          ]
        : []),
    ],
  };
}

function labelOf({ answers }: ShareClusters, { name, exemplar }: ShareClusters["clusters"][number]): string {
  return name ?? answers[exemplar]!;
}

function shorten(text: string): string {
  return text.length <= LABEL ? text : `${text.slice(0, LABEL - 1).toWellFormed()}…`;
}
