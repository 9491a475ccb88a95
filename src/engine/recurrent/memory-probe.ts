import type { Engine } from "../engine.ts";
import { fillerIds } from "./filler.ts";

/** The sentence that tells a word and, cut before the word, asks for it; the LSTM was taught it (models/build/recurrent/probe.py). */
const TELL = "The secret word is";
const CUE = " The secret word is";

export const PROBE_WORDS =
  "anchor basket bottle butter camel candle cherry crown dragon eagle falcon ginger hammer honey jacket kettle lantern lemon marble needle onion oyster parrot pepper pirate rabbit saddle spider tiger tulip violin walnut".split(
    " ",
  );

/** Words that a trial chooses from, the told one among them. */
export const CANDIDATES = 8;

/** One trial: a word told, filler, the cue. */
export interface ProbeTrial {
  readonly model: string;
  /** Tokens between the telling and the cue. */
  readonly distance: number;
  readonly word: string;
  /** Whether the told word was likelier than each of the others. */
  readonly isRight: boolean;
  /** Log-probability of the told word less the mean of the other candidates', in nats: 0 when nothing is known. */
  readonly gain: number;
}

/**
 * Tells a word, adds `distance` tokens of other text, and asks for the word. Both models get the same word and the same
 * text, each cut in its own tokens; the text of a longer distance begins with that of a shorter one, so that the prefix
 * cache saves time when distances are asked for in rising order.
 * @param trial Its number decides the word, its rivals and the text.
 */
export async function probeMemory(
  engine: Engine,
  model: string,
  distance: number,
  trial: number,
  signal?: AbortSignal,
): Promise<ProbeTrial> {
  const words = PROBE_WORDS.length;
  const first = (trial * 11) % words;
  const candidates = Array.from({ length: CANDIDATES }, (_, i) => PROBE_WORDS[(first + i * 5) % words]!);
  const word = candidates[0]!;
  const ids = async (text: string) => (await engine.tokenize(model, text)).map(({ id }) => id);
  const prefixIds = [
    ...(await ids(`${TELL} ${word}.`)),
    ...(await fillerIds(engine, model, 7919 * (trial + 1), distance)),
    ...(await ids(CUE)),
  ];
  const continuations = await Promise.all(candidates.map((candidate) => ids(` ${candidate}`)));
  const scored = await engine.scoreContinuations({ model, prefixIds, continuations }, signal);
  const [told = 0, ...others] = scored.map((logProbs) => logProbs.reduce((sum, value) => sum + value, 0));
  return {
    model,
    distance,
    word,
    isRight: others.every((other) => told > other),
    gain: told - others.reduce((sum, value) => sum + value, 0) / others.length,
  };
}

/** What trials at one distance add up to. */
export interface Recall {
  readonly distance: number;
  /** Share of trials with the told word on top; guessing gives 1 / CANDIDATES. */
  readonly accuracy: number;
  /** Mean, in nats. */
  readonly gain: number;
  readonly trials: number;
}

export function recallOf(trials: readonly ProbeTrial[], model: string): readonly Recall[] {
  const own = trials.filter((trial) => trial.model === model);
  const distances = [...new Set(own.map(({ distance }) => distance))].sort((a, b) => a - b);
  return distances.map((distance) => {
    const here = own.filter((trial) => trial.distance === distance);
    return {
      distance,
      accuracy: here.filter(({ isRight }) => isRight).length / here.length,
      gain: here.reduce((sum, { gain }) => sum + gain, 0) / here.length,
      trials: here.length,
    };
  });
}
