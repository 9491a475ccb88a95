import type { Services } from "../../bot/context.ts";
import type { Course } from "../../bot/course/courses.ts";
import type { Account, ActionEvent, CommandEvent } from "../../bot/invocation.ts";
import type { Hub, Incoming } from "./hub.ts";

/** What command and action events have in common. */
export async function eventBase(
  { people, rooms, identity, dispatcher }: Hub,
  { id, userId, teamId, place }: Incoming,
  account: Account,
): Promise<
  Pick<
    CommandEvent & ActionEvent,
    "id" | "account" | "platformRole" | "channel" | "channelName" | "communityId" | "parentChannel" | "direct"
  >
> {
  const parentChannel = await rooms.parentOf(place.channel);
  const where = {
    channel: { platform: "slack" as const, id: place.channel },
    communityId: teamId ?? identity.teamId,
    ...(parentChannel && { parentChannel }),
    direct: isDirect(place.channel),
  };
  const course = await courseOf(dispatcher.services, where, account);
  return {
    id,
    account,
    platformRole: await people.roleOf(userId, course?.roles?.slack),
    channelName: place.channelName,
    ...where,
  };
}

/** The course whose roles count: the channel's; in a direct message the only one of the person. */
async function courseOf(
  { courses, roster }: Services,
  {
    channel,
    parentChannel,
    communityId,
    direct,
  }: Pick<CommandEvent, "channel" | "parentChannel" | "communityId" | "direct">,
  account: Account,
): Promise<Course | undefined> {
  if (!direct) {
    return (
      courses.forChannel(channel, communityId) ??
      (parentChannel && courses.forChannel(parentChannel, communityId))
    );
  }
  const all = courses.all();
  if (all.length === 1) return all[0];
  const own: Course[] = [];
  for (const course of all) if (await roster.find(course.id, account)) own.push(course);
  return own.length === 1 ? own[0] : undefined;
}

export function isDirect(channel: string): boolean {
  return channel.startsWith("D");
}
