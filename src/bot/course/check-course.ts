import type { CourseItem } from "./item-schema.ts";
import type { CourseContent, CourseProblem } from "./read-course.ts";

/** Everything wrong with a course's content that can be found without running a model, by file and line. */
export function checkCourse(course: CourseContent): CourseProblem[] {
  const problems: CourseProblem[] = [...course.problems];
  const byId = new Map(course.items.map((item) => [item.id, item]));
  const known = new Set(course.objectives.map(({ id }) => id));
  const report = (item: CourseItem, message: string) => {
    const { file, line } = course.places.get(item.id) ?? { file: "items", line: 0 };
    problems.push({ file, line, message: `${item.id}: ${message}` });
  };
  for (const item of course.items) {
    for (const objective of item.objectives) {
      // A broken objectives.yaml is told once, not again at each item.
      if (known.size > 0 && !known.has(objective)) {
        report(
          item,
          `objective "${objective}" is not in objectives.yaml. Add it there, or take one of ${[...known].join(", ")}.`,
        );
      }
    }
    checkPartner(item, byId, (message) => report(item, message));
    checkChoices(item, (message) => report(item, message));
  }
  const tested = new Set(course.items.flatMap(({ objectives }) => objectives));
  for (const { id } of course.objectives) {
    if (!tested.has(id)) {
      problems.push({
        file: "objectives.yaml",
        line: 0,
        message: `No item tests "${id}". Write one, or take the objective out.`,
      });
    }
  }
  return problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

function checkPartner(
  item: CourseItem,
  byId: ReadonlyMap<string, CourseItem>,
  report: (message: string) => void,
) {
  if (item.partner === undefined) return;
  const partner = byId.get(item.partner);
  if (!partner) report(`its partner "${item.partner}" does not exist. Mend the id, or leave partner out.`);
  else if (partner.id === item.id) report("it is its own partner. Name another item.");
  else if (partner.partner !== item.id)
    report(`"${partner.id}" does not name it as partner in turn. Add partner: ${item.id} there.`);
  else if (partner.kind !== item.kind) {
    report(
      `it is ${item.kind} and its partner is ${partner.kind}; before and after could not be compared. Make them one kind.`,
    );
  }
}

function checkChoices(item: CourseItem, report: (message: string) => void) {
  if (!("choices" in item)) return;
  const texts = item.choices.map(({ text }) => text.toLowerCase());
  const double = texts.find((text, index) => texts.indexOf(text) !== index);
  if (double !== undefined) report(`the choice "${double}" stands there twice.`);
  if (item.kind === "prediction") return;
  const right = item.choices.filter(({ correct }) => correct).length;
  if (item.kind === "single" && right !== 1) {
    report(
      `${right} choices are marked correct: true; a single choice needs exactly one. Several: make it kind: multiple.`,
    );
  }
  if (item.kind === "multiple" && right === 0) report("no choice is marked correct: true.");
}
