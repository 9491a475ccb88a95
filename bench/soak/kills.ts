/**
 * Kills a voting process at random points and looks, each time it is back, whether every acknowledged vote is there.
 * node bench/soak/kills.ts sqlite|redis [kills] [seed]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { newPlace, randomFrom, report } from "./soak.ts";

const SCRIPT = fileURLToPath(new URL("./voting-process.ts", import.meta.url));
const [where = "sqlite", kills = "200", seed = "1"] = process.argv
  .slice(2)
  .filter((word) => word !== "--keep");
const random = randomFrom(Number(seed));
const place = await newPlace(where);
/** Each person's last acknowledged vote, and what was asked after it without an answer. */
const acknowledged = new Map<string, string>();
const open = new Map<string, Set<string>>();
const lost: string[] = [];
const invented: string[] = [];
const killedAt: number[] = [];
let total = 0;

for (let life = 0; life <= Number(kills); life++) {
  const words = [SCRIPT, place.dataDirectory, place.redis?.url ?? "", String(1000 * Number(seed) + life)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  // Some die before the first vote, most within a burst.
  const killAfter = Math.floor(random() ** 2 * 600);
  let seen = -1;
  for await (const line of createInterface(child.stdout)) {
    if (seen < 0) {
      compare(JSON.parse(line) as Record<string, string>, life);
      open.clear();
      seen = 0;
      if (life === Number(kills)) break;
    } else if (line.startsWith("? ")) {
      const [, person, choice] = line.split(" ") as [string, string, string];
      open.set(person, (open.get(person) ?? new Set()).add(choice));
    } else if (line.startsWith("+ ")) {
      const [, person, choice] = line.split(" ") as [string, string, string];
      acknowledged.set(person, choice);
      open.get(person)?.delete(choice);
      total++;
      seen++;
    }
    if (seen >= 0 && seen >= killAfter) child.kill("SIGKILL");
  }
  child.kill("SIGKILL");
  if (child.signalCode === null) await once(child, "exit");
  killedAt.push(seen);
}
report(`kills-${where}`, {
  what: "SIGKILL at random points of voting bursts of 30 people",
  seed: Number(seed),
  kills: Number(kills),
  acknowledgedVotes: total,
  lost: lost.length,
  invented: invented.length,
  raw: { acknowledgedBeforeEachKill: killedAt, lost, invented },
});
await place.remove();
process.exit(lost.length + invented.length === 0 ? 0 : 1);

/** A vote that was sent and not answered may be there or not; anything else must be the acknowledged one. */
function compare(stored: Readonly<Record<string, string>>, life: number): void {
  for (const [person, choice] of acknowledged) {
    const now = stored[person];
    if (now === choice || (now !== undefined && open.get(person)?.has(now))) {
      acknowledged.set(person, now);
      continue;
    }
    lost.push(`life ${life}: ${person} voted ${choice}, stored is ${now}`);
  }
  for (const [person, choice] of Object.entries(stored)) {
    if (acknowledged.has(person) || open.get(person)?.has(choice)) continue;
    invented.push(`life ${life}: ${person} ${choice}`);
  }
}
