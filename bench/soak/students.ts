/** People in the web classroom, by HTTP and server-sent events as their browsers. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { joinBy, type WebSession } from "../../tests/adapters/web/web-session.ts";
import type { Place } from "./soak.ts";

export interface RunningClass {
  readonly process: ChildProcess;
  readonly url: string;
  readonly teacher: WebSession;
  student(name: string): Promise<WebSession>;
}

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Starts the classroom in a process of its own, without the launcher, so that a kill hits it. */
export async function startClass(place: Place, port = 0): Promise<RunningClass> {
  const env = { ...environment(place), CLOZE_LOG_LEVEL: "fatal" };
  const child = spawn(process.execPath, [MAIN, "start", "--port", String(port)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const links = { teacher: "", students: "" };
  for await (const line of createInterface(child.stdout)) {
    const [, who, link] = /^ +(teacher|students) +(\S+)/.exec(line) ?? [];
    if (who === "teacher" || who === "students") links[who] = link!;
    if (links.students) break;
  }
  const { origin } = new URL(links.students);
  const join = (link: string, name: string) => joinBy(() => origin, new URL(link).hash.slice(1), name);
  return {
    process: child,
    url: origin,
    teacher: await join(links.teacher, ""),
    student: (name) => join(links.students, name),
  };
}

/** What `cloze` is started with at a place. */
export function environment({ dataDirectory, redis }: Place): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    CLOZE_DATA_DIR: dataDirectory,
    ...(redis ? { REDIS_URL: redis.url } : {}),
  };
}

/** Turns of the event loop until `look` finds something. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
