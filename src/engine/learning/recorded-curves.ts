import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "../errors.ts";

const measured = z.object({ top1: z.number(), top5: z.number(), perplexity: z.number(), places: z.int() });
const point = z.object({ step: z.int(), tokens: z.int(), brown: measured, written: measured });
const curves = z.object({ head: z.array(point).min(1), whole: z.array(point).min(1) });

/**
 * Held-out measures while the masked model was trained by its recipe (models/build/masked/train.py): first a new head on
 * the frozen encoder, then the whole upper layers too. Shares from 0 to 1; the numbers of `whole` go on where `head` ends.
 */
export type RecordedCurves = z.infer<typeof curves>;

/** @throws {EngineError} "curves-unreadable" */
export function readRecordedCurves(directory: string): RecordedCurves {
  const path = join(directory, "masked-curves.json");
  try {
    return curves.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new EngineError(
      "curves-unreadable",
      `The recorded learning curves, ${path}, can't be read. Restore them with git.`,
      { path },
      cause,
    );
  }
}
