import type { GenerationSettings } from "../../engine/generation/settings.ts";
import { UserError } from "../errors.ts";
import { suggest } from "../suggest.ts";

/** One method of a comparison: how it was written, and the settings it means. */
export interface Method {
  readonly label: string;
  readonly settings: Partial<GenerationSettings>;
}

type Reader = (value: number | undefined) => Partial<GenerationSettings>;

const drawing =
  (
    setting:
      | "temperature"
      | "topK"
      | "topP"
      | "minP"
      | "typicalP"
      | "epsilonCutoff"
      | "etaCutoff"
      | "topNSigma",
    usual: number,
  ): Reader =>
  (value = usual) => ({ strategy: "sample", [setting]: value });

/** What each name means; the number after ":" is optional. */
const METHODS: Readonly<Record<string, Reader>> = {
  greedy: () => ({ strategy: "greedy" }),
  sample: () => ({ strategy: "sample" }),
  beam: (numBeams = 4) => ({ strategy: "beam", numBeams }),
  "beam-sample": (numBeams = 4) => ({ strategy: "beam-sample", numBeams }),
  "diverse-beam": (numBeams = 4) => ({ strategy: "diverse-beam", numBeams }),
  contrastive: (penaltyAlpha = 0.6) => ({ strategy: "contrastive", penaltyAlpha }),
  temperature: drawing("temperature", 0.7),
  "top-k": drawing("topK", 50),
  "top-p": drawing("topP", 0.9),
  "min-p": drawing("minP", 0.05),
  typical: drawing("typicalP", 0.95),
  epsilon: drawing("epsilonCutoff", 0.0003),
  eta: drawing("etaCutoff", 0.0003),
  "top-n-sigma": drawing("topNSigma", 1),
  "repetition-penalty": (repetitionPenalty = 1.2) => ({ repetitionPenalty }),
  "no-repeat-ngram": (noRepeatNgramSize = 3) => ({ noRepeatNgramSize }),
};

const TAKES_NO_NUMBER: ReadonlySet<string> = new Set(["greedy", "sample"]);
const FEWEST = 2;
const MOST = 8;

/**
 * Reads "greedy, beam:4, top-p:0.9+temperature:1.2": methods separated by commas, parts of one joined by +.
 * @throws {UserError} "method-unknown", "method-invalid", "methods-count", naming the part.
 */
export function parseMethods(text: string): Method[] {
  const methods = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(parseMethod);
  const labels = new Set(methods.map(({ label }) => label));
  if (labels.size !== methods.length) {
    throw new UserError(
      "methods-count",
      "methods names one method twice; the texts would be the same. Change one of them.",
    );
  }
  if (methods.length < FEWEST || methods.length > MOST) {
    throw new UserError(
      "methods-count",
      `methods has ${methods.length}; give ${FEWEST} to ${MOST}, separated by commas, e.g. greedy,beam:4,top-p:0.9.`,
      { given: methods.length },
    );
  }
  return methods;
}

function parseMethod(label: string): Method {
  let settings: Partial<GenerationSettings> = {};
  for (const part of label.split("+")) {
    const [name = "", value, ...rest] = part.trim().split(":");
    const reader = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!reader) {
      const names = Object.keys(METHODS);
      const near = suggest(name, names);
      throw new UserError(
        "method-unknown",
        `There is no method "${name}".${near ? ` Did you mean ${near}?` : ""} Methods: ${names.join(", ")}.`,
        { given: name, allowed: names },
      );
    }
    const number = value === undefined ? undefined : Number(value);
    if (rest.length > 0 || (number !== undefined && (value === "" || !Number.isFinite(number)))) {
      throw new UserError(
        "method-invalid",
        `"${part.trim()}" is not a method: write ${name} or ${name}:number.`,
        {
          given: part,
        },
      );
    }
    if (number !== undefined && TAKES_NO_NUMBER.has(name)) {
      throw new UserError("method-invalid", `"${part.trim()}": ${name} takes no number. Write ${name}.`, {
        given: part,
      });
    }
    const next = reader(number);
    const strategy = joinStrategies(settings.strategy, next.strategy, label);
    settings = { ...settings, ...next, ...(strategy ? { strategy } : {}) };
  }
  return { label, settings: { strategy: "greedy", ...settings } };
}

/** Beams that are joined with a sampling cut draw; two different strategies can't be one method. */
function joinStrategies(
  one: GenerationSettings["strategy"] | undefined,
  two: GenerationSettings["strategy"] | undefined,
  label: string,
): GenerationSettings["strategy"] | undefined {
  if (one === undefined || two === undefined || one === two) return two ?? one;
  const both = new Set([one, two]);
  if (both.has("sample") && (both.has("beam") || both.has("beam-sample"))) return "beam-sample";
  throw new UserError(
    "method-invalid",
    `"${label}" joins ${one} with ${two}, which are different strategies. Compare them as two methods, separated by a comma.`,
    { given: label },
  );
}
