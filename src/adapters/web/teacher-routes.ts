import type { Hono } from "hono";
import { readBank } from "../../bot/course/bank.ts";
import type { Course } from "../../bot/course/courses.ts";
import type { CourseItem } from "../../bot/course/item-schema.ts";
import { UserError } from "../../bot/errors.ts";
import type { Role } from "../../bot/invocation.ts";
import type { Member } from "./members.ts";
import { jsonOf, read } from "./requests.ts";
import { type Screen, shownRequest } from "./screen.ts";
import type { WireBank, WireItem } from "./wire.ts";

export interface TeacherParts {
  readonly screen: Screen;
  readonly courses: ReadonlyMap<string, Course>;
  readonly roleOf: (member: Member) => Promise<Role>;
}

/** The room's screen and the course's bank, for teachers and assistants. Members are known by now. */
export function addTeacherRoutes(app: Hono<{ Variables: { member: Member } }>, parts: TeacherParts): void {
  const { screen, courses, roleOf } = parts;

  async function requireStaff(member: Member): Promise<void> {
    if ((await roleOf(member)) !== "student") return;
    throw new UserError("role-needed", "This page is for teachers and teaching assistants.");
  }

  app.get("/api/screen", async (context) => {
    const member = context.get("member");
    await requireStaff(member);
    return context.json(await screen.state(member));
  });
  app.post("/api/screen", async (context) => {
    await requireStaff(context.get("member"));
    await screen.show(read(shownRequest, await jsonOf(context)));
    return context.json({});
  });
  app.get("/api/bank", async (context) => {
    await requireStaff(context.get("member"));
    const course = courses.get(context.req.query("channel") ?? "");
    if (!course) throw new UserError("channel-unknown", "Choose one of the open channels.");
    const { title, objectives, items, problems } = await readBank(course);
    const bank: WireBank = {
      title,
      objectives: objectives.map(({ id, name }) => ({ id, name })),
      items: items.map(wireItem),
      problems: problems.length,
    };
    return context.json(bank);
  });
}

function wireItem(item: CourseItem): WireItem {
  const { id, kind, question, objectives, source } = item;
  const choices =
    "choices" in item
      ? item.choices.map((choice) => ({
          text: choice.text,
          right: "correct" in choice && choice.correct === true,
        }))
      : [];
  const answer = answerOf(item);
  return {
    id,
    kind,
    question,
    objectives,
    choices,
    source,
    ...(answer !== undefined && { answer }),
    ...("explanation" in item && { explanation: item.explanation }),
  };
}

/** What is right, in words; a prediction's outcome is known when its model has run. */
function answerOf(item: CourseItem): string | undefined {
  switch (item.kind) {
    case "numeric":
      return `${item.answer}${item.tolerance > 0 ? ` ± ${item.tolerance}` : ""}${item.unit ? ` ${item.unit}` : ""}`;
    case "short":
      return item.references[0];
    case "discussion":
      return item.modelAnswer;
    default:
      return undefined;
  }
}
