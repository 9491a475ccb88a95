import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import { readBank } from "../../../src/bot/course/bank.ts";
import { smallCourse } from "../activities/small-course.ts";
import { botRig, COURSE } from "../bot-rig.ts";

const small = smallCourse([{ id: "sun", kind: "numeric", question: "1 + 1?", answer: 2, tolerance: 0 }]);
afterAll(() => small.remove());
const GIFT = "::Sun:: Is the sun a star? {T}\n\n::Pairs:: Match {=a -> b =c -> d =e -> f}\n";
const options = { format: "gift", objective: "decoding.top-p", text: GIFT };

test("items are added to the course's own bank under new ids, and what can't be taken is told", async () => {
  const bot = botRig({ commands: allCommands, actions: allActions, courses: [small.course] });
  const done = await bot.as("teacher", "discord", "teacher").command("import items", options);
  expect(done.code, done.text).toBeUndefined();
  expect(done.text).toContain("1 item added to the bank");
  expect(done.text).toContain("Pairs: Cloze has no matching questions");
  const bank = await readBank(small.course);
  expect(bank.problems).toEqual([]);
  expect(bank.items.map(({ id }) => id)).toEqual(["sun-2", "sun"]);
  const files = readdirSync(join(small.course.content!, "items"));
  expect(files).toHaveLength(2);
  expect(readFileSync(join(small.course.content!, "items", "test.yaml"), "utf8")).toContain("1 + 1?");
});

test("a form asks for the text; an objective that is none is refused before it opens", async () => {
  const bot = botRig({ commands: allCommands, actions: allActions, courses: [small.course] });
  const teacher = bot.as("teacher", "discord", "teacher");
  const { text: _, ...rest } = options;
  expect((await teacher.command("import items", rest)).replies[0]?.kind).toBe("modal");
  for (const objective of ["cooking", "decoding"]) {
    expect((await teacher.command("import items", { ...rest, objective })).code).toBe("topic-unknown");
  }
  const fields = { text: "kind,question,right\nnumeric,2 + 2?,4\n", objective: "decoding.top-p" };
  const sent = await teacher.press("items.import", "csv", undefined, { fields });
  expect(sent.text).toContain("1 item added to the bank");
  expect((await bot.as("anna").press("items.import", "csv", undefined, { fields })).code).toBe("role-needed");
});

test("the sample course is not written to", async () => {
  const bot = botRig({ commands: allCommands, actions: allActions, courses: [COURSE] });
  const done = await bot.as("teacher", "discord", "teacher").command("import items", options);
  expect(done.text).toContain("put the file into the items folder of yours");
});
