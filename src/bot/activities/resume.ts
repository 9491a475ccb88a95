import type { Services } from "../context.ts";
import { resumeRetention } from "../people/retention.ts";
import { resumePairShares } from "./pair-share/run-pair-share.ts";
import { resumePolls } from "./poll/close-poll.ts";
import { resumeQuizzes } from "./quiz/run-quiz.ts";
import { resumeReviews } from "./review/scheduler.ts";
import { resumeVoteNext } from "./vote-next/run-vote-next.ts";

/**
 * Takes up what a former process left running; to be called once the platforms are connected. Failures are
 * logged: the bot starts without.
 */
export async function resumeActivities(services: Services): Promise<void> {
  try {
    await resumePolls(services);
    await resumeQuizzes(services);
    await resumePairShares(services);
    await resumeReviews(services);
    await resumeRetention(services);
    await resumeVoteNext(services);
  } catch (error) {
    services.log.error({ err: error }, "running activities could not be taken up again");
  }
}
