/** docs/fine-tuning.md says what its commands give. Here each is run as it stands there, with its fixed seed. */
import { readFileSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTyped } from "../../../src/adapters/web/read-event.ts";
import { wireCommand } from "../../../src/adapters/web/wire-command.ts";
import { allActions, allCommands } from "../../../src/bot/commands/all-commands.ts";
import { finetune } from "../../../src/bot/commands/finetune.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { DEFAULTS } from "../../../src/engine/learning/settings.ts";
import type { TrainedHead, TrainedNetworks } from "../../../src/engine/learning/training-results.ts";
import { spamExamples } from "../../engine/learning/spam-assassin.ts";
import { classEngine } from "../activities/class-engine.ts";
import { type BotRig, botRig, COURSE } from "../bot-rig.ts";

const PAGE = readFileSync(new URL("../../../docs/fine-tuning.md", import.meta.url), "utf8");
const SPEC = wireCommand(finetune);

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const TABLES: readonly Table[] = [...PAGE.matchAll(/^\|.*\n\|[-|]+\n(?:\|.*\n)+/gm)].map(([text]) => {
  const [header, , ...rows] = text.trim().split("\n").map(cellsOf);
  return { header: header!, rows };
});

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** What stands in a cell as a command, or undefined. */
function commandIn(cell: string): string | undefined {
  return /^`(\/finetune .*?)`/.exec(cell)?.[1];
}

const numbersIn = (cell: string): number[] => (cell.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

let engine: Engine;
let close: () => Promise<void>;
let bot: BotRig;
beforeAll(async () => {
  ({ engine, close } = classEngine());
  const limits = { perPersonPerMinute: 1000, perChannelPerMinute: 1000 };
  bot = botRig({ commands: allCommands, actions: allActions, engine, courses: [{ ...COURSE, limits }] });
  const list = stringify(spamExamples(), { header: true, columns: ["text", "label"] });
  const added = await bot.as("ada").command("examples add", { set: "spam", list });
  expect(added.code, added.text).toBeUndefined();
});
afterAll(() => close());

interface Answer {
  readonly labels: readonly string[];
  readonly counts: readonly number[];
  readonly frozenHead: Omit<TrainedHead, "parameters" | "trainedOn"> & { readonly weights: number };
  readonly network?: TrainedNetworks;
}

async function run(typed: string): Promise<Answer> {
  const { command, options } = readTyped(typed, [SPEC], { members: [], channels: [] });
  const done = await bot.as("ada").command(command, options);
  expect(done.code, done.text).toBeUndefined();
  return (done.replies.at(-1) as unknown as { data: Answer }).data;
}

/** Another type of CPU may round vectors otherwise: so many examples may then change sides. */
const EXAMPLES_OFF = 2;
const PATIENCE = { timeout: 300_000 };

function expectShare(written: string, measured: number, n: number): void {
  expect(Math.abs(numbersIn(written)[0]! / 100 - measured), written).toBeLessThan(EXAMPLES_OFF / n + 0.006);
}

function expectLoss(written: string, measured: number): void {
  expect(Math.abs(numbersIn(written)[0]! / measured - 1), written).toBeLessThan(0.05);
}

test("every table of the page is checked below, but for the first, which says how examples come in", () => {
  const [first, ...others] = TABLES;
  expect(first!.header[0]).toBe("You have");
  const kinds = others.map(({ header, rows }) => {
    if (header[0] === "Option") return "options";
    if (commandIn(header[0]!)) return header[1] === "frozen" ? "networks" : "seeds";
    return rows.every(([cell]) => commandIn(cell!)) ? "heads" : header[0];
  });
  expect(kinds).toEqual(["seeds", "heads", "heads", "heads", "networks", "networks", "options"]);
});

describe("the worked example", () => {
  const { header, rows } = TABLES.find(({ header }) => header[1]?.startsWith("`seed:"))!;
  const cell = (row: RegExp, column: number) => rows.find(([name]) => row.test(name!))![column]!;

  test.each(header.slice(1).map((seed, i) => [seed.replaceAll("`", ""), i + 1] as const))(
    "%s",
    PATIENCE,
    async (seed, column) => {
      const { labels, counts, frozenHead } = await run(`${commandIn(header[0]!)} ${seed}`);
      const [ham, spam] = [labels.indexOf("ham"), labels.indexOf("spam")];
      const [, all, hams, spams] =
        /(\d+) different texts remain, (\d+) good ones \(ham\) and (\d+) spam/.exec(PAGE)!;
      expect([counts[ham], counts[spam]]).toEqual([Number(hams), Number(spams)]);
      expect(Number(hams) + Number(spams)).toBe(Number(all));

      const { baselines, confusion, crossValidation, reading, curve } = frozenHead;
      const { n } = curve[0]!.heldOut;
      expect(PAGE).toContain(`Accuracy on ${n} held-out mails`);
      expectShare(cell(/^frozen encoder/, column), reading.heldOut, n);
      // The baselines see no vector: they are the same everywhere.
      expect(cell(/^majority/, column)).toBe(`${(100 * baselines.majority.accuracy).toFixed(1)} %`);
      expect(cell(/^bag of words/, column)).toBe(`${(100 * baselines.bagOfWords.accuracy).toFixed(1)} %`);
      const [mean, deviation] = numbersIn(cell(/^head, cross-validation/, column));
      expect(Math.abs(mean! - 100 * crossValidation.mean)).toBeLessThan(1);
      expect(Math.abs(deviation! - 100 * crossValidation.deviation)).toBeLessThan(1);
      for (const [row, right, predicted] of [
        [/^spam taken for ham/, spam, ham],
        [/^ham taken for spam/, ham, spam],
      ] as const) {
        const written = numbersIn(cell(row, column))[0]!;
        expect(
          Math.abs(written - confusion[right]![predicted]!),
          `${row}: ${confusion[right]![predicted]}`,
        ).toBeLessThanOrEqual(EXAMPLES_OFF);
        const of = confusion[right]!.reduce((a, b) => a + b, 0);
        expect(rows.find(([name]) => row.test(name!))![0]).toMatch(new RegExp(`of ${of}$`));
      }
    },
  );

  test("the words beside the table follow from its numbers", () => {
    const of = (row: RegExp, seed: number) => numbersIn(cell(row, seed))[0]!;
    expect(of(/^frozen/, 1)).toBeGreaterThan(of(/^bag/, 1));
    expect(of(/^bag/, 1)).toBeGreaterThan(of(/^majority/, 1));
    expect(PAGE).toContain("with seed 3 the bag of words wins");
    expect(of(/^bag/, 3)).toBeGreaterThan(of(/^frozen/, 3));
    const p = of(/^frozen/, 1) / 100;
    const points = 200 * Math.sqrt((p * (1 - p)) / 90);
    expect(PAGE).toContain(`two standard errors are ${points.toFixed(0)} points`);
  });
});

const HEADS = TABLES.filter(({ rows }) => rows.every(([cell]) => commandIn(cell!))).flatMap(
  ({ header, rows }) =>
    rows.map((row) => ({
      typed: commandIn(row[0]!)!,
      cell: (column: string) => row[header.indexOf(column)],
    })),
);

test.each(HEADS)("$typed", PATIENCE, async ({ typed, cell }) => {
  const { reading, curve } = (await run(typed)).frozenHead;
  const { train, heldOut } = curve.at(-1)!;
  expectShare(cell("training")!, reading.train, train.n);
  expectShare(cell("held out")!, reading.heldOut, heldOut.n);
  expect(cell("held out")).toContain(`(n = ${heldOut.n})`);
  expect(cell("reading")).toBe(reading.verdict);
  const losses = curve.map((point) => point.heldOut.loss);
  const lowest = cell("lowest held-out loss");
  if (lowest === undefined) return;
  expectLoss(lowest, Math.min(...losses));
  expectLoss(cell("last held-out loss")!, losses.at(-1)!);
});

test("what the page says of the twelve sentences and of all sixty", PATIENCE, async () => {
  const spoiled = HEADS.find(({ typed }) => typed.includes("label-noise"))!;
  const usual = HEADS.find(({ typed }) => typed === "/finetune task:opinion")!;
  const [few, all] = [await run(spoiled.typed), await run(usual.typed)];
  expect(PAGE).toContain("Twelve sentences of which three have a wrong label, against all sixty");
  expect([few.frozenHead.curve[0]!.train.n, few.frozenHead.noisy]).toEqual([12, 3]);
  expect([all.frozenHead.curve[0]!.train.n, all.frozenHead.noisy]).toEqual([60, 0]);
  expect(PAGE).toContain(`a head of ${all.frozenHead.weights} weights`);
});

const NETWORKS = TABLES.filter(({ header }) => header[1] === "frozen").map(({ header, rows }) => ({
  typed: commandIn(header[0]!)!,
  rows,
}));

test.each(NETWORKS)("$typed", PATIENCE, async ({ typed, rows }) => {
  const { network } = await run(typed);
  for (const [column, { reading, drift, firstTask, curve }] of [network!.frozen, network!.whole].entries()) {
    const { train, heldOut } = curve.at(-1)!;
    const { n } = firstTask.before;
    expect(PAGE).toContain(`measured on ${n} others`);
    for (const [name, ...cells] of rows) {
      const written = cells[column]!;
      if (name === "training accuracy") expectShare(written, reading.train, train.n);
      else if (name === "held-out accuracy") expectShare(written, reading.heldOut, heldOut.n);
      else if (name === "word vectors moved by") expectShare(written, drift.wordVectors, 100);
      else if (name === "hidden layer moved by") expectShare(written, drift.hiddenLayer, 100);
      else if (name === "first task, loss before") expectLoss(written, firstTask.before.loss);
      else if (name === "first task, loss after") expectLoss(written, firstTask.after.loss);
      else if (name === "first task, accuracy before") expectShare(written, firstTask.before.accuracy, n);
      else if (name === "first task, accuracy after") expectShare(written, firstTask.after.accuracy, n);
      else throw new Error(`Nothing measures "${name}".`);
    }
  }
});

test("the options have the defaults that the page names", () => {
  const { rows } = TABLES.find(({ header }) => header[0] === "Option")!;
  for (const [name, written] of rows) {
    const option = SPEC.options.find((each) => `\`${each.name}\`` === name);
    expect(option, name).toBeDefined();
    expect(written).toBe(String(option!.default ?? "all"));
  }
  const named = rows.map(([name]) => name!.replaceAll(/[`-]/g, "").toLowerCase());
  expect(named).toEqual(expect.arrayContaining(Object.keys(DEFAULTS).map((name) => name.toLowerCase())));
});
