import type { Engine } from "../../../engine/engine.ts";
import { formatCommand } from "../../commands/format-command.ts";
import { parseOptions } from "../../commands/parse-options.ts";
import type { ItemOf } from "../../course/item-schema.ts";
import { decodingOptions, promptOptions } from "../../decoding/generation-options.ts";
import {
  type DecodingValues,
  generationRequest,
  type PromptValues,
} from "../../decoding/generation-request.ts";
import { UserError } from "../../errors.ts";

export interface Prediction {
  /** Which choice the model's text begins with, counted from 0. */
  readonly choice: number;
  readonly outcome: { readonly text: string; readonly command: string };
}

/**
 * Runs the item's /generate call and finds the choice that the text begins with; of several, the longest.
 * @throws {UserError} "prediction-undecided" when there is none; what the engine throws
 */
export async function predict(
  item: ItemOf<"prediction">,
  engine: Engine,
  signal?: AbortSignal,
): Promise<Prediction> {
  const given = { ...item.run.options, prompt: item.run.prompt };
  const options = parseOptions({ ...promptOptions, ...decodingOptions }, given) as PromptValues &
    DecodingValues;
  const { request } = await generationRequest(options, engine);
  let text = "";
  for await (const event of engine.generate(request, signal)) {
    if (event.type === "generation-end") text = event.outputs[0]?.text ?? "";
  }
  const choice = beginsWith(
    text,
    item.choices.map((each) => each.text),
  );
  if (choice === undefined) {
    throw new UserError(
      "prediction-undecided",
      `The item ${item.id} can't be asked: ${request.model} writes "${text}", which begins with none of its choices. Change the choices, or the options of its run.`,
      { item: item.id, text },
    );
  }
  return { choice, outcome: { text, command: formatCommand("generate", given) } };
}

/** Spaces before the text don't count, and a choice must end where a word of the text ends. */
export function beginsWith(text: string, choices: readonly string[]): number | undefined {
  const start = text.trimStart();
  const fits = (choice: string) => {
    const own = choice.trim();
    return own !== "" && start.startsWith(own) && !/^[\p{L}\p{N}]/u.test(glued(own, start));
  };
  const found = choices.map((choice, i) => ({ choice, i })).filter(({ choice }) => fits(choice));
  return found.sort((a, b) => b.choice.trim().length - a.choice.trim().length)[0]?.i;
}

/** What follows the choice in the text, where the choice ends in a letter or digit. */
function glued(choice: string, text: string): string {
  return /[\p{L}\p{N}]$/u.test(choice) ? text.slice(choice.length) : "";
}
