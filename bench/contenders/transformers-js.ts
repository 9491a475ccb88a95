import { fileURLToPath } from "node:url";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  StoppingCriteria,
  StoppingCriteriaList,
} from "@huggingface/transformers";
import type { Contender } from "../contender.ts";

const DTYPE = new URL(import.meta.url).search.slice(1) as "q8" | "q4";

/** Told at each step; never stops. */
class Watch extends StoppingCriteria {
  readonly #onStep: () => void;

  constructor(onStep: () => void) {
    super();
    this.#onStep = onStep;
  }

  override _call(inputIds: number[][]): boolean[] {
    this.#onStep();
    return inputIds.map(() => false);
  }
}

/** Reads `usual/smollm2`, made by `make_usual_layout.py`. Prompts that come together are one batch; it has no other way. */
export async function open(): Promise<Contender> {
  env.allowRemoteModels = false;
  env.localModelPath = fileURLToPath(new URL("../usual/", import.meta.url));
  const tokenizer = await AutoTokenizer.from_pretrained("smollm2");
  tokenizer.padding_side = "left";
  const model = await AutoModelForCausalLM.from_pretrained("smollm2", {
    dtype: DTYPE,
    device: "cpu",
    session_options: { intraOpNumThreads: 2 },
  });
  return {
    detail: `@huggingface/transformers 4.3.1, ${DTYPE}`,
    generate: async (prompts, newTokens, onFirstToken) => {
      const inputs = tokenizer([...prompts], { padding: true });
      let step = 0;
      const stopping_criteria = new StoppingCriteriaList();
      stopping_criteria.push(
        new Watch(() => {
          if (step++ === 0) for (const index of prompts.keys()) onFirstToken(index);
        }),
      );
      const limits = { max_new_tokens: newTokens, min_new_tokens: newTokens };
      await model.generate({ ...inputs, ...limits, do_sample: false, stopping_criteria } as never);
    },
    close: async () => {
      await model.dispose();
    },
  };
}
