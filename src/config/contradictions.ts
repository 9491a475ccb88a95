import type { Course } from "../bot/course/courses.ts";
import type { Problem } from "./problems.ts";

/** What is well formed and yet leaves it open which course an event belongs to. */
export function contradictions(
  courses: readonly Course[],
  where: (path: readonly PropertyKey[]) => string,
): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const claim = (i: number, key: string, setting: string, what: string) => {
    const owner = seen.get(key);
    const { id: own } = courses[i]!;
    if (owner === undefined) seen.set(key, own);
    else {
      problems.push({
        where: where(["courses", i]),
        setting: `courses.${i}.${setting}`,
        message: `${what} is ${owner === own ? "named twice" : `the course "${owner}"'s already`}; name it once.`,
      });
    }
  };
  courses.forEach(({ id: own, channels, communities }, i) => {
    if (courses.findIndex((other) => other.id === own) < i) {
      problems.push({
        where: where(["courses", i, "id"]),
        setting: `courses.${i}.id`,
        message: `is "${own}", which another course has; give each its own.`,
      });
    }
    for (const { platform, id: channel } of channels) {
      claim(i, `channel ${platform} ${channel}`, `channels.${platform}`, `The channel ${channel}`);
    }
    for (const { platform, id: community } of communities) {
      // A community may be shared when all but one of the courses name their own channels in it.
      if (channels.some((each) => each.platform === platform)) continue;
      claim(
        i,
        `community ${platform} ${community}`,
        `communities.${platform}`,
        `${community} without a list of channels`,
      );
    }
    if (courses.length > 1 && channels.length === 0 && communities.length === 0) {
      problems.push({
        where: where(["courses", i]),
        setting: `courses.${i}`,
        message: "has neither channels nor communities, so nothing would belong to it; name some.",
      });
    }
  });
  return problems;
}
