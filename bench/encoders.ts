import { readFileSync } from "node:fs";
import { createEngine } from "../src/engine/create-engine.ts";
import { openEncoders } from "../src/engine/encoding/encoders.ts";
import { type FillMethodName, fillMask } from "../src/engine/encoding/fill-mask/fill-mask.ts";
import { embedSentences } from "../src/engine/encoding/sentence-embeddings.ts";
import { median } from "./report.ts";

/** What is compared: an encoder that gives a vector for each text. */
export interface EmbeddingContender {
  readonly name: string;
  embed(texts: readonly string[]): Promise<unknown>;
  close(): Promise<unknown>;
}

const THREADS = 2;
const ANSWERS = 1000;
const TWENTY_WORDS =
  "The old man walked slowly to the ___ because he wanted to buy some fresh bread for his hungry children.";

/**
 * Measures the encoders: 1,000 short answers in one batch run beside others, and the latency of /fillmask for a sentence
 * of 20 words. Returns lines of a Markdown table, in milliseconds, medians of the rounds.
 */
export async function measureEncoders(
  rounds: number,
  others: readonly EmbeddingContender[],
): Promise<string[]> {
  const encoders = openEncoders({ threads: THREADS });
  const engine = createEngine({ threads: THREADS });
  const scorer = engine.textScorer();
  const own: EmbeddingContender = {
    name: "cloze",
    embed: (texts) => embedSentences(encoders, texts),
    close: () => encoders.close(),
  };
  const texts = shortAnswers(ANSWERS);
  const contenders = [own, ...others];
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (const { embed } of contenders) await embed(texts.slice(0, 50));
  for (let round = 0; round < rounds; round++) {
    for (const { name, embed } of contenders) times.get(name)!.push(await timed(() => embed(texts)));
  }
  const first = median(times.get("cloze")!);
  const lines = ["| encoders | ms | cloze is faster by |", "| --- | --: | --: |"];
  for (const [name, own] of times) {
    const ms = median(own);
    lines.push(`| ${name}: ${ANSWERS} short answers | ${ms.toFixed(0)} | ${(ms / first).toFixed(2)} × |`);
  }
  for (const method of ["encoder", "decoder", "rescored"] satisfies FillMethodName[]) {
    const fill = () => fillMask(encoders, scorer, { text: TWENTY_WORDS, method, top: 5 });
    await fill();
    const ms: number[] = [];
    for (let round = 0; round < 3 * rounds; round++) ms.push(await timed(fill));
    lines.push(`| /fillmask, 20 words, ${method} | ${median(ms).toFixed(0)} | |`);
  }
  await Promise.all([...contenders.map(({ close }) => close()), engine.close()]);
  return lines;
}

/** Runs of 4 to 20 words out of the committed cloze sentences, all different. */
function shortAnswers(count: number): string[] {
  const file = new URL("../tests/golden/encoders/cloze-set.json", import.meta.url);
  const rows: { text: string; answer: string }[] = JSON.parse(readFileSync(file, "utf8"));
  const words = rows.flatMap(({ text, answer }) => text.replace("[MASK]", answer).split(" "));
  return Array.from({ length: count }, (_, i) => {
    const start = (i * 7) % (words.length - 20);
    return words.slice(start, start + 4 + (i % 17)).join(" ");
  });
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await run();
  return performance.now() - since;
}
