import { predict } from "../activities/poll/prediction.ts";
import { textCard } from "../cards/card.ts";
import type { Context } from "../context.ts";
import { readBank } from "../course/bank.ts";
import { checkCourse } from "../course/check-course.ts";
import type { CourseContent, CourseProblem } from "../course/read-course.ts";
import { inBatch } from "../engine-turns.ts";
import { UserError } from "../errors.ts";
import { defineCommand } from "./spec.ts";

export const courseCheck = defineCommand({
  name: "course check",
  description: "Check the course's questions: what is wrong, in which file and line, and what to do",
  help: "Reads objectives and items of the course as they are now, and runs every prediction: its model must write what exactly one of the choices says. On the command line it ends with status 2 when something is wrong.",
  options: {
    run: {
      type: "boolean",
      default: true,
      description: "Also run the predictions with their models",
    },
  },
  examples: ["/course check", "/course check run:false"],
  role: "teacher",
  ack: "deferred",
  visibility: "private",
  async *run({ options, place }, context) {
    const course = context.courses.get(place.courseId);
    const content = await readBank(course);
    const problems = [...checkCourse(content), ...(options.run ? await undecided(content, context) : [])];
    if (problems.length > 0) {
      const lines = problems.map(
        ({ file, line, message }) => `${file}${line > 0 ? `:${line}` : ""} ${message}`,
      );
      throw new UserError(
        "course-problems",
        `${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in ${content.title}:\n${lines.join("\n")}`,
        { problems },
      );
    }
    const { title, items, objectives } = content;
    const ran = items.filter(({ kind }) => kind === "prediction").length;
    const predictions = options.run ? ` ${ran} predictions were run and decided.` : "";
    yield {
      kind: "message",
      card: textCard(
        `${title}: ${items.length} items over ${objectives.length} objectives, no problem.${predictions}`,
        { tone: "success" },
      ),
      data: { title, items: items.length, objectives: objectives.length, problems },
    };
  },
});

/** Predictions that their model does not decide, or cannot run. */
async function undecided(content: CourseContent, { engine, signal }: Context): Promise<CourseProblem[]> {
  const problems: CourseProblem[] = [];
  for (const item of content.items) {
    if (item.kind !== "prediction") continue;
    try {
      await predict(item, inBatch(engine), signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof Error)) throw error;
      problems.push({ ...content.places.get(item.id)!, message: `${item.id}: ${error.message}` });
    }
  }
  return problems;
}
