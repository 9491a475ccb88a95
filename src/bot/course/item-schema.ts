import { z } from "zod";

/** One line of course content is plain text; Cloze shows it as it is. */
const words = z.string().trim().min(1);
const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case words joined by hyphens, e.g. top-p-nested");

const common = {
  id: id.describe("Unique in the course and stable: results are kept under it."),
  objectives: z.array(z.string()).min(1).describe("Ids from objectives.yaml that this item tests."),
  question: words.describe("What is asked, as students read it."),
  explanation: words.describe("Shown with the results: why the answer is right."),
  source: words.describe("Where it comes from: a paper, a lecture's slide, a documentation page."),
  partner: id.optional().describe("An item that tests the same in other words."),
};

const choice = z.strictObject({
  text: words.max(200),
  correct: z.boolean().optional().describe("true for a right choice; left out for a wrong one."),
  misconception: words.optional().describe("What choosing it shows; told with the results."),
});

const single = z.strictObject({
  ...common,
  kind: z.literal("single").describe("One choice is right."),
  choices: z.array(choice).min(2).max(10),
});

const multiple = z.strictObject({
  ...common,
  kind: z.literal("multiple").describe("Every right choice must be taken, no wrong one."),
  choices: z.array(choice).min(3).max(10),
});

const numeric = z.strictObject({
  ...common,
  kind: z.literal("numeric").describe("A number, right within a tolerance."),
  answer: z.number(),
  tolerance: z.number().nonnegative().describe("Largest absolute difference that still counts as right."),
  unit: words.optional(),
  mistakes: z
    .array(z.strictObject({ value: z.number(), feedback: words }))
    .default([])
    .describe("Wrong numbers that come from a known mistake, each with what to tell."),
});

const short = z.strictObject({
  ...common,
  kind: z.literal("short").describe("One or two sentences, graded by meaning."),
  references: z.array(words).min(1).describe("Answers that are right, in different words."),
  ideas: z.array(words).default([]).describe("What a right answer must hold, one idea each."),
  mistakes: z
    .array(z.strictObject({ answer: words, feedback: words }))
    .default([])
    .describe("Wrong answers that are often given, each with what to tell."),
});

const prediction = z.strictObject({
  ...common,
  kind: z
    .literal("prediction")
    .describe("What the model will write; the right choice is found by running it."),
  run: z
    .strictObject({
      prompt: words,
      options: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
        .describe("Options of /generate in kebab-case, e.g. strategy: greedy."),
    })
    .describe("The /generate call whose text decides."),
  choices: z
    .array(z.strictObject({ text: words.max(200), misconception: words.optional() }))
    .min(2)
    .max(8)
    .describe("Exactly one must be how the model's text begins."),
});

const discussion = z.strictObject({
  ...common,
  kind: z.literal("discussion").describe("Free discussion, for think–pair–share; nothing is graded."),
  modelAnswer: words.describe("Shown on demand in the share phase."),
  points: z.array(words).min(1).describe("What a good discussion touches."),
});

export const itemSchema = z.discriminatedUnion("kind", [
  single,
  multiple,
  numeric,
  short,
  prediction,
  discussion,
]);
export const itemsFileSchema = z.strictObject({ items: z.array(itemSchema).min(1) });

export const objectivesFileSchema = z.strictObject({
  title: words,
  objectives: z
    .array(z.strictObject({ id: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/), name: words }))
    .min(1),
});

/** One question of the course's bank. */
export type CourseItem = z.infer<typeof itemSchema>;
export type ItemKind = CourseItem["kind"];
export type ItemOf<K extends ItemKind> = Extract<CourseItem, { kind: K }>;
export type Objective = z.infer<typeof objectivesFileSchema>["objectives"][number];
