import type { Tally } from "../poll/tally.ts";
import type { Candidate, VoteNextRecord } from "./vote-next-record.ts";

/** The token with the most votes; of several, the one that the model finds likeliest. */
export function chosen(
  candidates: readonly Candidate[],
  { counts, voters }: Pick<Tally, "counts" | "voters">,
): VoteNextRecord["steps"][number] {
  const counted = candidates.map((each) => ({
    ...each,
    votes: counts.find(({ choice }) => choice.id === each.choice)?.count ?? 0,
  }));
  const [first, second] = [...counted].sort((a, b) => b.votes - a.votes || b.probability - a.probability);
  const { tokenId, label, probability, votes } = first!;
  return {
    tokenId,
    label,
    probability,
    votes,
    voters,
    tied: second?.votes === votes,
    candidates: counted,
  };
}
