import type { ModelDescription } from "../../engine/models/catalogue.ts";
import type { OptionSpec } from "./spec.ts";

/** The option that names a model, offering those that `fits` lets through. */
export function modelOption(description: string, fits: (model: ModelDescription) => boolean) {
  return {
    type: "string",
    description,
    maxLength: 100,
    autocomplete: async (typed, { engine }) =>
      engine
        .models()
        .filter((model) => fits(model) && model.id.toLowerCase().includes(typed.toLowerCase()))
        .map(({ id, name }) => ({ name, value: id })),
  } as const satisfies OptionSpec;
}
