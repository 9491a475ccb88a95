import { setParams } from "./params.ts";

interface PromptFieldProps {
  readonly id: string;
  readonly prompt: string;
}

/** One line of prompt that stands in the address. Tokens that were chosen after another prompt are forgotten. */
export function PromptField({ id, prompt }: PromptFieldProps) {
  return (
    <div class="field wide">
      <label for={id}>Prompt</label>
      <input
        id={id}
        type="text"
        dir="auto"
        required
        maxLength={6000}
        value={prompt}
        onInput={({ currentTarget }) => setParams({ prompt: currentTarget.value, chosen: "" })}
      />
    </div>
  );
}
