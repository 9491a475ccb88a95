import { readFileSync } from "node:fs";
import type { Contender } from "./contender.ts";

/** One thing to measure; the number it gives is compared between contenders. */
export interface Workload {
  readonly name: string;
  readonly unit: "tokens/s" | "ms" | "ratio" | "MB";
  readonly isHigherBetter: boolean;
  /** In a process of its own, so that nothing before counts. */
  readonly needsFreshProcess?: boolean;
  readonly run: (contender: Contender) => Promise<number>;
}

export const WORKLOADS: readonly Workload[] = [
  decode(1, 128),
  decode(4, 128),
  decode(16, 128),
  decode(64, 64),
  prefill(256),
  prefill(1024),
  {
    name: "first token of a 256-token prompt while 16 streams run",
    unit: "ms",
    isHigherBetter: false,
    run: async (contender) => {
      const running = Promise.withResolvers<void>();
      let started = 0;
      const load = contender.generate(prompts(16, 16), 192, () => {
        if (++started === 16) running.resolve();
      });
      await running.promise;
      const since = performance.now();
      let ms = 0;
      await contender.generate(prompts(1, 256), 1, () => {
        ms = performance.now() - since;
      });
      await load;
      return ms;
    },
  },
  {
    name: "time of ten requests at once, as a share of ten in a row",
    unit: "ratio",
    isHigherBetter: false,
    run: async (contender) => {
      const inARow = await timed(async () => {
        for (const prompt of prompts(10, 16)) await contender.generate([prompt], 48, () => {});
      });
      const atOnce = await timed(() => contender.generate(prompts(10, 16), 48, () => {}));
      return atOnce / inARow;
    },
  },
  {
    name: "peak memory, 16 streams of 512 tokens",
    unit: "MB",
    isHigherBetter: false,
    needsFreshProcess: true,
    run: async (contender) => {
      await contender.generate(prompts(16, 16), 512 - 16, () => {});
      return peakMegabytes();
    },
  },
];

/** Peak resident size of this process and of those it started, such as Cloze's models. Linux only. */
function peakMegabytes(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  const sizes = ["self", ...children].filter(Boolean).map((id) => {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1000;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function decode(streams: number, newTokens: number): Workload {
  return {
    name: streams === 1 ? "1 stream" : `${streams} streams at once`,
    unit: "tokens/s",
    isHigherBetter: true,
    run: async (contender) => {
      const ms = await timed(() => contender.generate(prompts(streams, 16), newTokens, () => {}));
      return (streams * newTokens * 1000) / ms;
    },
  };
}

function prefill(promptTokens: number): Workload {
  return {
    name: `reading a prompt of ${promptTokens.toLocaleString("en")} tokens`,
    unit: "tokens/s",
    isHigherBetter: true,
    run: async (contender) => {
      const ms = await timed(() => contender.generate(prompts(1, promptTokens), 1, () => {}));
      return (promptTokens * 1000) / ms;
    },
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await run();
  return performance.now() - since;
}

let made = 0;

/** Different prompts of so many tokens each (words that are one token in SmolLM2's vocabulary), new at every call. */
function prompts(count: number, tokens: number): string[] {
  return Array.from({ length: count }, () => {
    made++;
    return Array.from(
      { length: tokens },
      (_, i) => WORDS[Math.floor(made / WORDS.length ** (i % 3)) % WORDS.length],
    ).join("");
  });
}

const WORDS =
  " time people world water house school night light music money story family city book road child".split(
    /(?= )/,
  );
