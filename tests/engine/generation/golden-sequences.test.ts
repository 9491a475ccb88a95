import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/engine/generation/create-decoder.ts";
import type { DecodedSequence } from "../../../src/engine/generation/decoder.ts";
import { resolveSettings } from "../../../src/engine/generation/resolve-settings.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import { decode, loadTinyLlama, type TinyLlama, VOCAB_SIZE } from "./tiny-llama.ts";

interface GoldenCase {
  readonly settings: Partial<GenerationSettings>;
  readonly promptIds: readonly number[];
  readonly eosTokenIds: readonly number[];
  readonly expected: readonly { readonly tokenIds: readonly number[]; readonly score?: number }[];
}

let model: TinyLlama;
beforeAll(async () => {
  model = await loadTinyLlama();
});

async function run({ settings, promptIds, eosTokenIds }: GoldenCase): Promise<readonly DecodedSequence[]> {
  const decoder = createDecoder(resolveSettings(settings).settings, {
    promptIds,
    vocabSize: VOCAB_SIZE,
    eosTokenIds,
    decodeText: () => "",
    now: () => 0,
  });
  await decode(decoder, model, promptIds);
  return decoder.sequences();
}

/** transformers 4.55 writes the first end-of-sequence id whichever one ended a diverse beam. */
function withFirstEos(tokenIds: readonly number[], { settings, eosTokenIds }: GoldenCase): readonly number[] {
  const isEnd = eosTokenIds.includes(tokenIds.at(-1)!);
  return settings.strategy === "diverse-beam" && isEnd
    ? [...tokenIds.slice(0, -1), eosTokenIds[0]!]
    : tokenIds;
}

describe.each(["sequences-5.json", "sequences-4.json"])("%s", (file) => {
  const golden = JSON.parse(readFileSync(new URL(`../../golden/decoding/${file}`, import.meta.url), "utf8"));
  const byStrategy = Map.groupBy<string, GoldenCase>(golden.cases, ({ settings }) => settings.strategy!);

  describe.each([...byStrategy])(`%s against transformers ${golden.transformers}`, (_, cases) => {
    it.each(cases.map((entry, i) => [i, JSON.stringify({ ...entry, expected: undefined }), entry] as const))(
      "%i %s",
      async (_index, _title, entry) => {
        const sequences = await run(entry);
        expect(sequences.map(({ tokenIds }) => withFirstEos(tokenIds, entry))).toEqual(
          entry.expected.map(({ tokenIds }) => tokenIds),
        );
        for (const [i, { score }] of entry.expected.entries()) {
          if (score !== undefined) expect(Math.abs(sequences[i]!.score! - score)).toBeLessThan(1e-4);
        }
      },
    );
  });
});
