import { embedSentences } from "../../../engine/encoding/sentence-embeddings.ts";
import { dot } from "../../../engine/encoding/vectors.ts";
import type { Services } from "../../context.ts";
import { isNumber } from "../poll/answers.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import type { CountedVote } from "../poll/tally.ts";

export interface AnswerDistance {
  /** 0 the same, 1 as different as can be; between people without an answer one half. */
  readonly distance: (a: string, b: string) => number;
  /** The answer as a word that equal answers share; absent for answers in free words. */
  readonly groupOf?: (personId: string) => string;
}

const UNKNOWN = 0.5;

/** How far people's answers lie apart: the same choice or number or not; in free words by meaning. */
export async function answerDistance(
  { engine }: Pick<Services, "engine">,
  poll: PollRecord,
  votes: readonly CountedVote[],
): Promise<AnswerDistance> {
  if (poll.answer === "text") {
    const texts = votes.map(({ text }) => text ?? "");
    const vectors = texts.length > 0 ? await embedSentences(engine.encoders, texts) : [];
    const byPerson = new Map(votes.map(({ personId }, i) => [personId, vectors[i]!]));
    return {
      distance(a, b) {
        const [x, y] = [byPerson.get(a), byPerson.get(b)];
        return x && y ? Math.min(1, Math.max(0, 1 - dot(x, y))) : UNKNOWN;
      },
    };
  }
  const byPerson = new Map(votes.map((vote) => [vote.personId, sameAnswer(poll, vote)]));
  return {
    distance(a, b) {
      const [x, y] = [byPerson.get(a), byPerson.get(b)];
      if (x === undefined || y === undefined) return UNKNOWN;
      return x === y ? 0 : 1;
    },
    groupOf: (personId) => byPerson.get(personId) ?? "",
  };
}

/** Numbers that are right within the tolerance are one answer. */
function sameAnswer({ item }: PollRecord, { choices, number }: CountedVote): string {
  if (number === undefined) return choices.join(",");
  if (item?.kind === "numeric" && isNumber(number, item.answer, item.tolerance)) return "right";
  return String(number);
}
