import type { Block, Card, Text } from "../../cards/card.ts";
import type { Services } from "../../context.ts";
import { answerInWords } from "../poll/answers.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import type { CountedVote } from "../poll/tally.ts";
import { groupOf } from "./groups.ts";
import type { PairShareRecord } from "./pair-share-record.ts";

/**
 * What somebody is told in private: who their partners are, what all of them wrote, and what to talk about. It
 * tells nobody what is right.
 * @param votes The answers of the think phase.
 */
export async function partnerNote(
  { roster }: Pick<Services, "roster">,
  share: PairShareRecord,
  poll: PollRecord,
  votes: readonly CountedVote[],
  personId: string,
): Promise<Card> {
  const group = groupOf(share, personId) ?? [];
  const partners = group.filter((each) => each !== personId);
  const question: Block = { type: "text", text: [{ bold: poll.question }] };
  if (partners.length === 0) {
    const text =
      "You have no partner yet. Somebody who comes later joins you; press the button again in a moment.";
    return { title: "Your partner", blocks: [question, { type: "text", text }], actions: noteActions(share) };
  }
  const names = await Promise.all(
    partners.map(async (each) => (await roster.entry(share.courseId, each))?.displayName ?? "somebody"),
  );
  const answerOf = (id: string) => {
    const vote = votes.find((each) => each.personId === id);
    return vote && answerInWords(poll, vote);
  };
  const own = answerOf(personId);
  const others = partners.map(answerOf);
  return {
    title: partners.length === 1 ? "Your partner" : "Your partners",
    blocks: [
      question,
      { type: "text", text: [`You talk with `, ...listed(names), "."] },
      {
        type: "fields",
        fields: [
          { name: "You", value: own ?? "no answer yet" },
          ...names.map((name, i) => ({ name, value: others[i] ?? "no answer yet" })),
        ],
      },
      { type: "text", text: [{ bold: "Talk about: " }, talkAbout(poll, own, others)] },
    ],
    actions: noteActions(share),
  };
}

function noteActions({ id }: PairShareRecord): Card["actions"] {
  const absent = { label: "My partner isn't here", action: "pair.absent", record: id };
  return [{ buttons: [absent] }];
}

function listed(names: readonly string[]): Exclude<Text, string> {
  return names.flatMap((name, i) => (i === 0 ? [{ person: name }] : [" and ", { person: name }]));
}

/** A question made from the answers, which decides nothing. */
export function talkAbout(
  { answer }: Pick<PollRecord, "answer">,
  own: string | undefined,
  others: readonly (string | undefined)[],
): string {
  const given = [own, ...others].filter((each): each is string => each !== undefined);
  const different = [...new Set(given)];
  if (given.length < 2) {
    return "Not all of you have written an answer. Find one together, then look for the strongest objection to it.";
  }
  if (answer === "text") {
    return "Find a point that one of you makes and the other does not. Does it belong into the answer? Then look for a case in which what you both say is wrong.";
  }
  if (different.length === 1) {
    return `All of you answered "${different[0]}". What would somebody say who answered otherwise, and how would you convince them?`;
  }
  const [first, second, ...rest] = different.map((each) => `"${each}"`);
  const both = rest.length > 0 ? `${first}, ${second} and ${rest.join(", ")}` : `${first} and ${second}`;
  if (answer === "number") {
    return `You got ${both}. Go through your steps one by one: where do they part, and who made which assumption?`;
  }
  return `You answered ${both}. Each of you first gives the best reason for the other's answer. What would have to be true for it to be right?`;
}
