/**
 * A queueing simulation of the start of the hour: every student of every course asks for one text within a minute.
 * Workers write as many texts at once as they have places, at the rates of bench/results.json; who waits stands in
 * one line. node bench/soak/start-of-hour.ts [seed]
 */
import { readFileSync } from "node:fs";
import { randomFrom, report, spread } from "./soak.ts";

const STUDENTS = 300;
const WITHIN_S = 60;
const TOKENS = 40;
/** As in `serveEngine` and `openRemoteRequests`. */
const PLACES = 32;
const MOST_WAITING = 300;
const GOAL_S = 10;
const [seed = "1"] = process.argv.slice(2).filter((word) => word !== "--keep");

interface Bench {
  readonly results: readonly {
    readonly workload: string;
    readonly rounds: { readonly cloze: readonly number[] };
  }[];
}
const bench = JSON.parse(readFileSync(new URL("../results.json", import.meta.url), "utf8")) as Bench;
const medianOf = (name: RegExp) => {
  const found = bench.results.find(({ workload }) => name.test(workload));
  if (!found) throw new Error(`bench/results.json has no ${name}.`);
  return found.rounds.cloze.toSorted((a, b) => a - b)[Math.floor(found.rounds.cloze.length / 2)]!;
};
/** Tokens a second of all texts together, by how many are written at once. */
const RATES = [1, 4, 16, 64].map((n) => [n, medianOf(new RegExp(`^${n} stream`))] as const);
/** Reading a short prompt takes as long as writing this many tokens. */
const PROMPT = (10 * RATES[2]![1]) / medianOf(/prompt of 256/);

/** Straight lines between what was measured. */
function rateOf(atOnce: number): number {
  const upper = RATES.findIndex(([n]) => n >= atOnce);
  const [n1, r1] = RATES[upper]!;
  if (n1 === atOnce || upper === 0) return r1;
  const [n0, r0] = RATES[upper - 1]!;
  return r0 + ((r1 - r0) * (atOnce - n0)) / (n1 - n0);
}

/** Waiting times until a text is begun, in seconds, and how many were refused because the line was full. */
function hour(courses: number, workers: number) {
  const random = randomFrom(Number(seed));
  const arrivals = Array.from({ length: courses * STUDENTS }, () => random() * WITHIN_S).sort(
    (a, b) => a - b,
  );
  const step = 0.05;
  const running: number[][] = Array.from({ length: workers }, () => []);
  const line: number[] = [];
  const waits: number[] = [];
  let refused = 0;
  let next = 0;
  for (
    let now = 0;
    next < arrivals.length || line.length > 0 || running.some((own) => own.length > 0);
    now += step
  ) {
    for (; next < arrivals.length && arrivals[next]! <= now; next++) {
      if (line.length >= MOST_WAITING * workers) refused++;
      else line.push(arrivals[next]!);
    }
    // The emptiest worker takes the next one.
    while (line.length > 0) {
      const own = running.reduce((least, other) => (other.length < least.length ? other : least));
      if (own.length >= PLACES) break;
      waits.push(now - line.shift()!);
      own.push(TOKENS + PROMPT);
    }
    for (const [w, own] of running.entries()) {
      if (own.length === 0) continue;
      const each = (rateOf(own.length) / own.length) * step;
      running[w] = own.map((left) => left - each).filter((left) => left > 0);
    }
  }
  return { waits, refused };
}

const rows = [1, 10, 100].flatMap((courses) => {
  let enough = 1;
  const good = (workers: number) => {
    const { waits, refused } = hour(courses, workers);
    return refused === 0 && spread(waits).p99 <= GOAL_S;
  };
  // Upwards in steps of a tenth.
  while (!good(enough)) enough = Math.max(enough + 1, Math.ceil(enough * 1.1));
  return [...new Set([courses, enough])].map((workers) => {
    const { waits, refused } = hour(courses, workers);
    return { courses, workers, ...spread(waits), refused, isEnough: workers === enough };
  });
});
report("start-of-hour", {
  what: `${STUDENTS} students a course ask for ${TOKENS} tokens within ${WITHIN_S} s; seconds until begun`,
  tokensPerSecond: Object.fromEntries(RATES),
  goal: `p99 at most ${GOAL_S} s and nobody refused`,
  seed: Number(seed),
  rows,
});
