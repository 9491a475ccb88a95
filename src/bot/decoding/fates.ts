import type { BeamFate } from "../../engine/generation/trace.ts";

/** What each fate in a beam tree means. */
export const FATE_IN_WORDS: Readonly<Record<BeamFate, string>> = {
  live: "continued",
  finished: "finished and kept",
  outscored: "better candidates filled the beam",
  "low-ranked-end": "would have ended, but ranked below the beam width",
  beaten: "finished, yet worse than those already kept",
  displaced: "was kept as finished until better ones came",
  childless: "none of its continuations was kept",
  "search-ended": "still running when the search stopped",
  "not-returned": "finished, outside the sequences asked for",
};
