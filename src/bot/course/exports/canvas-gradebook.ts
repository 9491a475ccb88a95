import type { RosterEntry } from "../../people/roster.ts";
import { type Activity, isGraded, participantsOf, pointsOf } from "./course-record.ts";
import { type Cell, toCsv } from "./csv.ts";

export interface GradebookOptions {
  /** Points for right answers, or one point for having answered anything. */
  readonly score: "points" | "participation";
  /** What stands for somebody who answered nothing: 0, or nothing, which leaves Canvas' cell as it is. */
  readonly missing: "zero" | "blank";
  readonly timeZone: string;
}

export interface Gradebook {
  /** To be imported in Canvas under Grades, Import. */
  readonly csv: string;
  readonly assignments: readonly { readonly name: string; readonly possible: number }[];
  readonly students: number;
  /** People who answered and are on no line of Canvas' roster, with their points by assignment. */
  readonly unmatched: readonly {
    readonly entry: RosterEntry;
    readonly points: readonly (number | undefined)[];
  }[];
  /** The same as a file; undefined when there are none. */
  readonly unmatchedCsv: string | undefined;
}

/** The columns that Canvas knows a student by, in its order. */
const STUDENT_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];

/**
 * Canvas' gradebook layout: the student columns as they were imported, one column an activity, and the line
 * "Points Possible". Activities without a right or wrong are left out when points are counted.
 * Layout: community.canvaslms.com, "How do I import grades in the Gradebook?".
 */
export function canvasGradebook(
  activities: readonly Activity[],
  students: ReadonlyMap<string, RosterEntry>,
  options: GradebookOptions,
): Gradebook {
  const counted = activities.filter(
    ({ questions }) => options.score === "participation" || questions.some(isGraded),
  );
  const names = assignmentNames(counted, options.timeZone);
  const scores = counted.map((activity) => scoresOf(activity, options));
  const assignments = counted.map((activity, i) => ({
    name: names[i]!,
    possible: options.score === "participation" ? 1 : activity.questions.filter(isGraded).length,
  }));
  const listed: (readonly Cell[])[] = [];
  const unmatched: { entry: RosterEntry; points: (number | undefined)[] }[] = [];
  const blank = options.missing === "zero" ? 0 : undefined;
  for (const entry of byName(students)) {
    const points = scores.map((each) => each.get(entry.id));
    const { canvas } = entry;
    if (canvas) {
      const who = [canvas.student, canvas.id, canvas.sisUserId, canvas.sisLoginId, canvas.section];
      listed.push([...who, ...points.map((each) => each ?? blank)]);
    } else if (points.some((each) => each !== undefined)) {
      unmatched.push({ entry, points });
    }
  }
  // Canvas itself begins this line with four spaces.
  const possible = ["    Points Possible", "", "", "", "", ...assignments.map((each) => each.possible)];
  const titles = assignments.map(({ name }) => name);
  return {
    csv: toCsv([...STUDENT_COLUMNS, ...titles], [possible, ...listed]),
    assignments,
    students: listed.length,
    unmatched,
    unmatchedCsv:
      unmatched.length === 0
        ? undefined
        : toCsv(
            ["Name", "Accounts", ...titles],
            unmatched.map(({ entry, points }) => [
              entry.displayName,
              entry.accounts.map(({ platform }) => platform).join(" "),
              ...points,
            ]),
            { bom: true },
          ),
  };
}

function scoresOf(activity: Activity, { score }: GradebookOptions): Map<string, number> {
  if (score === "points") return pointsOf(activity);
  return new Map([...participantsOf(activity)].map((id) => [id, 1]));
}

/** Title and day; Canvas joins columns of one name, so the second gets its number. */
function assignmentNames(activities: readonly Activity[], timeZone: string): string[] {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone });
  const used = new Map<string, number>();
  return activities.map(({ title, openedAt }) => {
    const short = title.length > 80 ? `${title.slice(0, 79).toWellFormed()}…` : title;
    const name = `${short.replace(/\s+/g, " ")} ${day.format(openedAt)}`;
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return times === 1 ? name : `${name} #${times}`;
  });
}

function byName(students: ReadonlyMap<string, RosterEntry>): RosterEntry[] {
  return [...students.values()].sort(
    (a, b) => a.displayName.localeCompare(b.displayName, "en") || (a.id < b.id ? -1 : 1),
  );
}
