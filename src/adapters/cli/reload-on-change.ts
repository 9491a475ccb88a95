import { unwatchFile, watchFile } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../config/problems.ts";
import { type Config, loadConfig } from "../../config.ts";
import { type LiveCourses, liveChanges } from "../../operation/reload.ts";
import { print, printProblem, type Terminal } from "./print.ts";

const FILES = [".env", "cloze.yaml"];
/** How often the files are looked at; by their times, which works on network drives and in containers too. */
const LOOK_EVERY_MS = 2_000;

export interface Reloading {
  /** Where `.env` and `cloze.yaml` lie. */
  readonly directory: string;
  /** The settings that run. */
  readonly config: Config;
  readonly courses: LiveCourses;
  readonly terminal: Terminal;
  readonly load?: (directory: string) => Config;
}

/**
 * Takes over changed settings of courses while Cloze runs, and says which changes need a restart. Settings that
 * can't be used change nothing and are told.
 * @returns what ends it.
 */
export function reloadOnChange(reloading: Reloading): () => void {
  const paths = FILES.map((name) => join(reloading.directory, name));
  const look = createReload(reloading);
  for (const path of paths) watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, look);
  return () => {
    for (const path of paths) unwatchFile(path, look);
  };
}

/** One look at the files; what they say replaces what the courses had. */
export function createReload({
  directory,
  config,
  courses,
  terminal,
  load = loadConfig,
}: Reloading): () => void {
  let running = config;
  let told = "";
  return () => {
    let read: Config;
    try {
      read = load(directory);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      printProblem(terminal, error);
      print(terminal, "Settings    not taken over; the ones before go on");
      return;
    }
    const changes = liveChanges(running, read);
    running = { ...running, courses: changes.courses };
    if (changes.taken.length > 0) {
      courses.replace(changes.courses);
      print(terminal, `Settings    ${changes.taken.join(", ")}: changed, from now on`);
    }
    const waiting = changes.waiting.join(", ");
    if (waiting !== "" && waiting !== told) {
      print(terminal, `Settings    ${waiting}: changed, but need a restart (stop Cloze and start it again)`);
    }
    told = waiting;
  };
}
