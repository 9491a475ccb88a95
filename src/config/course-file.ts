import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Course } from "../bot/course/courses.ts";
import { suggest } from "../bot/suggest.ts";
import { yamlValue } from "../bot/yaml-value.ts";
import { isRepositoryName } from "../engine/models/hub/repository-name.ts";
import { contradictions } from "./contradictions.ts";
import { isText, must, type Problem, wrongValue } from "./problems.ts";

/** The settings of `cloze.yaml`. All can be left out. */
const text = must<string>("some text", isText);
/** Platform ids are numbers or words; numbers beyond what JavaScript can hold arrive as text. */
const id = must<string | number>(
  "an id, as the platform shows it",
  (value) => isText(value) || Number.isInteger(value),
).transform(String);
const ids = z.array(id, { error: "a list of ids" }).default([]);
const limit = (fallback: number) =>
  must<number>(
    "a whole number of at least 1",
    (value) => Number.isInteger(value) && Number(value) >= 1,
  ).default(fallback);
const flag = (fallback: boolean) =>
  must<boolean>("true or false", (value) => typeof value === "boolean").default(fallback);
const group = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape, { error: "a group of settings" });
const optionalGroup = <S extends z.ZodRawShape>(shape: S) => group(shape).prefault({} as never);

const rolesOf = optionalGroup({ teacher: ids, assistant: ids });
const course = group({
  id: must<string>(
    "lower-case letters, digits and hyphens, at most 40",
    (value) => typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,39}$/.test(value),
  ),
  name: text.optional(),
  timeZone: must<string>("a time zone such as Europe/Berlin or America/New_York", isTimeZone).optional(),
  communities: optionalGroup({ discord: ids, slack: ids }),
  channels: optionalGroup({
    discord: ids,
    slack: ids,
    web: z
      .array(
        must<string>(
          "a channel name: lower-case letters, digits and hyphens",
          (value) => typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,39}$/.test(value),
        ),
        { error: "a list of channel names" },
      )
      .default([]),
  }),
  roles: optionalGroup({ discord: rolesOf, slack: rolesOf }),
  guestsMayVote: flag(true),
  wordList: flag(true),
  content: text.optional(),
  limits: optionalGroup({ perPersonPerMinute: limit(6), perChannelPerMinute: limit(60) }),
});

const fileSchema = group({
  publicAddress: must<string>(
    "the address students reach the web classroom under, such as https://cloze.example.edu",
    (value) => typeof value === "string" && isAddress(value),
  )
    .transform((address) => address.replace(/\/$/, ""))
    .optional(),
  slack: optionalGroup({
    commandPrefix: must<string>(
      'lower-case letters, digits, "-" or "_", at most 12, such as "cloze-"',
      (value) => typeof value === "string" && /^[a-z0-9_-]{0,12}$/.test(value),
    ).default(""),
  }),
  hubModels: z
    .array(
      must<string>(
        "the name of a model on the Hugging Face Hub, such as onnx-community/gpt2-ONNX",
        (value) => typeof value === "string" && isRepositoryName(value),
      ),
      { error: "a list of models on the Hugging Face Hub" },
    )
    .default([]),
  courses: z
    .array(course, { error: "a list of courses" })
    .min(1, { error: "a list with at least one course" })
    .optional(),
});

export interface CourseFile {
  readonly publicAddress: string | undefined;
  readonly slackCommandPrefix: string;
  readonly hubModels: readonly string[];
  readonly courses: readonly [Course, ...Course[]];
}

const FILE = "cloze.yaml";

/**
 * Reads `cloze.yaml`. Without the file, or without courses in it, there is one course "Classroom" with
 * everything in it.
 * @param machineTimeZone Used where a course names none.
 */
export function readCourseFile(
  yaml: string | undefined,
  machineTimeZone: string,
  problems: Problem[],
): CourseFile {
  const lines = new LineCounter();
  const document = parseDocument(yaml ?? "", { intAsBigInt: true, lineCounter: lines, logLevel: "error" });
  for (const error of document.errors) {
    const line = error.linePos?.[0].line ?? 1;
    problems.push({
      where: `${FILE}:${line}`,
      setting: "text",
      message: `is no YAML: ${error.message.split("\n")[0]}`,
    });
  }
  if (document.errors.length) return fallback(machineTimeZone);

  const where = (path: readonly PropertyKey[]): string => {
    for (let end = path.length; end >= 0; end--) {
      const node = end ? document.getIn(path.slice(0, end), true) : document.contents;
      if (node && typeof node === "object" && "range" in node && Array.isArray(node.range)) {
        return `${FILE}:${lines.linePos(node.range[0] as number).line}`;
      }
    }
    return FILE;
  };
  const plain = yamlValue(document);
  if ("problem" in plain) {
    problems.push({ where: `${FILE}:1`, setting: "text", message: `can't be used: ${plain.problem}` });
    return fallback(machineTimeZone);
  }
  const given = withPlainNumbers(plain.value);
  const checked = fileSchema.safeParse(given ?? {});
  if (!checked.success) {
    for (const issue of checked.error.issues) problems.push(...inWords(issue, given, where));
    return fallback(machineTimeZone);
  }
  const { courses, publicAddress, slack, hubModels } = checked.data;
  const read = courses?.map((each) => toCourse(each, machineTimeZone)) ?? [];
  problems.push(...contradictions(read, where));
  const [first = classroom(machineTimeZone), ...others] = read;
  return { publicAddress, slackCommandPrefix: slack.commandPrefix, hubModels, courses: [first, ...others] };
}

function toCourse(
  { name, timeZone, channels, communities, ...rest }: z.infer<typeof course>,
  zone: string,
): Course {
  return {
    ...rest,
    name: name ?? rest.id,
    timeZone: timeZone ?? zone,
    channels: refs(channels),
    communities: refs(communities),
  };
}

function refs<P extends string>(
  byPlatform: Partial<Record<P, readonly string[]>>,
): { platform: P; id: string }[] {
  return (Object.entries(byPlatform) as [P, readonly string[]][]).flatMap(([platform, list]) =>
    list.map((each) => ({ platform, id: each })),
  );
}

function classroom(timeZone: string): Course {
  return toCourse(course.parse({ id: "classroom", name: "Classroom" }), timeZone);
}

function fallback(timeZone: string): CourseFile {
  return { publicAddress: undefined, slackCommandPrefix: "", hubModels: [], courses: [classroom(timeZone)] };
}

function inWords(
  issue: z.core.$ZodIssue,
  given: unknown,
  where: (path: readonly PropertyKey[]) => string,
): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const allowed = keysAt(issue.path);
      const near = suggest(key, allowed);
      return {
        where: where(path),
        setting: path.join("."),
        message: `is no setting.${near ? ` Did you mean ${near}?` : ""} Allowed here: ${allowed.join(", ")}.`,
      };
    });
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  const setting = issue.path.join(".") || "the file";
  return [{ where: where(issue.path), setting, message: wrongValue(value, issue.message) }];
}

/** The names allowed at a place of the file. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = fileSchema;
  for (const key of path) {
    schema = unwrap(schema);
    schema = schema instanceof z.ZodArray ? schema.element : (schema as z.ZodObject).shape[String(key)];
  }
  return Object.keys((unwrap(schema) as z.ZodObject).shape);
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
    inner = inner.unwrap();
  }
  return inner;
}

/** Whole numbers as numbers where they fit; ids of 17 digits and more become text, digit by digit. */
function withPlainNumbers(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (value === null || typeof value !== "object") return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPlainNumbers(each)]));
}

function isTimeZone(value: unknown): boolean {
  if (!isText(value)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return /^[A-Za-z]/.test(value);
  } catch {
    return false;
  }
}

function isAddress(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
}
