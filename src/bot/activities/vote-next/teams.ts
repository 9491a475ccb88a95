import { UserError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";
import type { PollRecord } from "../poll/poll-record.ts";
import { getVoteNext } from "./run-vote-next.ts";
import { teamRecords } from "./vote-next-record.ts";

/**
 * Somebody belongs to the team they vote with first.
 * @throws {UserError} "other-team"
 */
export async function requireTeam(
  store: Store,
  { courseId, part }: PollRecord,
  personId: string,
): Promise<void> {
  if (part?.of !== "vote-next") return;
  const { team, id } = await getVoteNext(store, courseId, part.id);
  if (!team) return;
  const own = await teamRecords(store).update(`${courseId}/${team.match}/${personId}`, (now = { id }) => now);
  if (own.id === id) return;
  const { team: theirs } = await getVoteNext(store, courseId, own.id);
  throw new UserError("other-team", `You play with team ${theirs?.name}; vote on its text.`);
}
