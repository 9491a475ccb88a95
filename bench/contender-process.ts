import { CONTENDERS } from "./contender.ts";
import { WORKLOADS } from "./workloads.ts";

/** A contender's own process: opens it, then measures the workloads it is sent by number. */
const { open } = await import(CONTENDERS[process.argv[2]!]!.href);
const contender = await open();
const send = (message: object) => process.send?.(message);
send({ detail: contender.detail });

process.on("message", async (workload: number | "close") => {
  if (workload === "close") {
    await contender.close();
    process.disconnect?.();
  } else {
    send({ value: await WORKLOADS[workload]!.run(contender) });
  }
});
