import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WORKLOADS, type Workload } from "./workloads.ts";

export interface RemoteContender {
  readonly name: string;
  readonly detail: string;
  measure(workload: Workload): Promise<number>;
  close(): Promise<void>;
}

/** Starts a contender in a process of its own and waits until its model is loaded. */
export async function openRemote(name: string): Promise<RemoteContender> {
  const child = start(name);
  const { detail } = await answer<{ detail: string }>(child);
  return {
    name,
    detail,
    measure: async (workload) => {
      if (!workload.needsFreshProcess) return measureIn(child, workload);
      const fresh = start(name);
      await answer(fresh);
      const value = await measureIn(fresh, workload);
      await end(fresh);
      return value;
    },
    close: () => end(child),
  };
}

function start(name: string): ChildProcess {
  return fork(fileURLToPath(new URL("./contender-process.ts", import.meta.url)), [name]);
}

async function measureIn(child: ChildProcess, workload: Workload): Promise<number> {
  child.send(WORKLOADS.indexOf(workload));
  return (await answer<{ value: number }>(child)).value;
}

async function answer<Answer>(child: ChildProcess): Promise<Answer> {
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the contender's process ended with code ${code}`);
  });
  const [message] = await Promise.race([once(child, "message"), failed]);
  return message as Answer;
}

async function end(child: ChildProcess): Promise<void> {
  child.send("close");
  await once(child, "exit");
}
