import type { Engine } from "../../engine/engine.ts";
import { CANDIDATES, type ProbeTrial, probeMemory, recallOf } from "../../engine/recurrent/memory-probe.ts";
import { measureReading, type ReadingSpeed } from "../../engine/recurrent/reading-speed.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { progressCard, resultCard } from "../recurrent/recurrent-card.ts";
import { defineCommand } from "./spec.ts";

/** Tokens of the prompts that are timed. */
const LENGTHS = [32, 64, 128, 256, 512];
/** Tokens between telling and asking. */
const DISTANCES = [8, 64, 192, 384, 512];
/** Room for telling and asking, even in tokens of one byte. */
const SENTENCES = 64;
/** A class waits: the time after which one model's reading ends, and its trials after the first round, in ms. */
const READING_LIMIT_MS = 4_000;
const TRIALS_LIMIT_MS = 6_000;

export const recurrent = defineCommand({
  name: "recurrent",
  description: "Why recurrence was left behind: an LSTM against a transformer, measured now",
  help:
    "Two measurements on this machine, made while you wait. Reading: the time an LSTM and a transformer take for prompts of 32 to 512 tokens, and what it gains to compute a prompt's tokens together. " +
    "Forgetting: a word is told, other text follows, then the word is asked for; how often is it right, and how much likelier than other words, the further back it stands?",
  options: {
    model: {
      type: "string",
      maxLength: 100,
      description: "The transformer to set beside the LSTM; /models lists them",
      autocomplete: async (typed, { engine }) =>
        engine
          .models()
          .filter(({ id, family }) => family === "decoder-only" && id.includes(typed.toLowerCase()))
          .map(({ id, name }) => ({ name, value: id })),
    },
    trials: {
      type: "integer",
      min: 1,
      max: 40,
      default: 16,
      description: "Most trials at each distance; a slow machine makes fewer, and says so",
    },
    seed: { type: "integer", min: 0, max: 1_000_000, default: 1, description: "Decides words and texts" },
  },
  examples: ["/recurrent", "/recurrent trials:8 seed:3"],
  ack: "deferred",
  visibility: "channel",
  costly: true,
  async *run({ options }, { engine, clock, signal }) {
    const models = modelsFor(engine, options.model);
    const { trials, seed } = options;
    const begun = clock.now();
    const steps = models.length + 2 * trials;
    let done = 0;
    yield { kind: "message", card: progressCard("reading prompts", done, steps) };
    const speeds: ReadingSpeed[] = [];
    for (const model of models) {
      const lengths = LENGTHS.filter((length) => length <= contextOf(engine, model));
      speeds.push(await measureReading(engine, model, { lengths, seed, limitMs: READING_LIMIT_MS }, signal));
      yield { kind: "message", card: progressCard("reading prompts", ++done, steps) };
    }
    const found: ProbeTrial[] = [];
    for (const model of models) {
      const until = clock.now() + TRIALS_LIMIT_MS;
      for await (const trial of rounds(engine, model, { trials, seed, until, clock, signal })) {
        found.push(...trial);
        yield { kind: "message", card: progressCard(`asking ${model}`, ++done, steps) };
      }
    }
    const recall = models.map((model) => ({ model, distances: recallOf(found, model) }));
    const seconds = (clock.now() - begun) / 1000;
    yield {
      kind: "message",
      card: resultCard({ speeds, recall, described: engine.models(), seed, seconds }),
      data: { speeds, recall, chance: 1 / CANDIDATES, candidates: CANDIDATES, seed, seconds, trials: found },
    };
  },
});

/** The recurrent model first: it is the quick one. */
function modelsFor(engine: Engine, asked: string | undefined): readonly [string, string] {
  const all = engine.models();
  const lstm = all.find(({ family }) => family === "recurrent");
  const choices = all.filter(({ family }) => family === "decoder-only").map(({ id }) => id);
  const transformer = asked ?? choices[0];
  if (!lstm || transformer === undefined || !choices.includes(transformer)) {
    const problem = lstm
      ? `There is no decoder-only model “${asked}”`
      : "There is no recurrent model at hand";
    throw new UserError(
      "unknown-model",
      `${problem}. Choose ${choices.join(" or ") || "none"}; npx cloze doctor checks the models.`,
      { model: asked, choices },
    );
  }
  return [lstm.id, transformer];
}

function contextOf(engine: Engine, model: string): number {
  return engine.models().find(({ id }) => id === model)!.contextLength;
}

interface RoundOptions {
  readonly trials: number;
  readonly seed: number;
  /** By the clock; one trial at each distance is made in any case. */
  readonly until: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One trial at each distance a round. */
async function* rounds(engine: Engine, model: string, options: RoundOptions): AsyncGenerator<ProbeTrial[]> {
  const { trials, seed, until, clock, signal } = options;
  for (let round = 0; round < trials; round++) {
    const made: ProbeTrial[] = [];
    for (const distance of DISTANCES.filter((one) => one + SENTENCES <= contextOf(engine, model))) {
      if (round > 0 && clock.now() > until) break;
      made.push(await probeMemory(engine, model, distance, 1000 * seed + round, signal));
    }
    if (made.length > 0) yield made;
    if (clock.now() > until) return;
  }
}
