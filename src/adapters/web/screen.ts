import { z } from "zod";
import { type ClassActivity, classActivities } from "../../bot/activities/class-view.ts";
import type { Services } from "../../bot/context.ts";
import type { Course } from "../../bot/course/courses.ts";
import { UserError } from "../../bot/errors.ts";
import type { Classroom } from "./classroom.ts";
import type { Links } from "./invitation.ts";
import type { Member, Members } from "./members.ts";
import type { WireActivity, WireCard, WireScreen, WireShown } from "./wire.ts";

const id = z.string().min(1).max(64);
export const shownRequest: z.ZodType<WireShown> = z.discriminatedUnion("on", [
  z.object({ on: z.literal("auto") }),
  z.object({ on: z.literal("join") }),
  z.object({ on: z.literal("activity"), id }),
  z.object({ on: z.literal("message"), id }),
]);

/** The room's screen: one for the classroom, however many projectors show it. What is chosen outlives a restart. */
export interface Screen {
  /**
   * Chooses what is shown.
   * @throws {UserError} "message-gone", "message-private" for a message that is not everybody's
   */
  show(shown: WireShown): Promise<void>;
  state(member: Member): Promise<WireScreen>;
}

export interface ScreenParts {
  readonly services: Services;
  readonly classroom: Classroom;
  readonly members: Members;
  readonly links: () => Links;
  /** The open channels with the courses they belong to. */
  readonly courses: ReadonlyMap<string, Course>;
}

const AUTO: WireShown = { on: "auto" };

export async function openScreen(parts: ScreenParts): Promise<Screen> {
  const { services, classroom, members, links, courses } = parts;
  const records = services.store.namespace<WireShown>("web-screen", shownRequest);
  let shown = (await records.get("shown")) ?? AUTO;

  function requireOpen(message: string): void {
    const found = classroom.message(message);
    if (!found || found.state === "gone") {
      throw new UserError("message-gone", "This message is gone. Choose another one.", { message });
    }
    // Rooms and private answers are some people's own; a screen shows them to all.
    if (found.to !== undefined || !courses.has(found.channel)) {
      throw new UserError(
        "message-private",
        "Only messages of the open channels can be shown to everybody.",
        {
          message,
        },
      );
    }
  }

  function wired(activity: ClassActivity, course: Course): WireActivity {
    const { messages, card, ...rest } = activity;
    const here = messages.find(({ channel }) => channel.platform === "web" && courses.has(channel.id));
    const [other] = [...courses].find(([, each]) => each.id === course.id)!;
    return {
      ...rest,
      card: withoutBytes(card),
      channel: here?.channel.id ?? other,
      ...(here && { message: here.id }),
    };
  }

  return {
    async show(next) {
      if (next.on === "message") requireOpen(next.id);
      shown = next;
      await records.set("shown", next);
      classroom.announce({ type: "screen" });
    },
    async state(member) {
      const own = [...new Map([...courses.values()].map((course) => [course.id, course])).values()];
      const lists = await Promise.all(
        own.map(async (course) =>
          (await classActivities(services, course.id)).map((activity) => wired(activity, course)),
        ),
      );
      const message = shown.on === "message" ? classroom.seen(shown.id, member.id) : undefined;
      return {
        now: services.clock.now(),
        shown,
        activities: lists.flat().sort((a, b) => b.startedAt - a.startedAt),
        ...(message && { message }),
        code: members.keys.join,
        link: links().students[0]!,
      };
    },
  };
}

/** Pictures and files are addresses of messages; a card that stands in none has no place for them. */
function withoutBytes(card: ClassActivity["card"]): WireCard {
  const blocks = card.blocks.flatMap((block) =>
    block.type === "picture" || block.type === "file" ? [] : [block],
  );
  return { ...card, blocks };
}
