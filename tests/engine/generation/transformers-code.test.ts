import { describe, expect, it } from "vitest";
import { DecodingOptionError } from "../../../src/engine/generation/errors.ts";
import type { GenerationSettings } from "../../../src/engine/generation/settings.ts";
import { transformersCode } from "../../../src/engine/generation/transformers-code.ts";

function code(
  settings: Partial<GenerationSettings>,
  more: Partial<Parameters<typeof transformersCode>[0]> = {},
): string {
  return transformersCode({
    model: "HuggingFaceTB/SmolLM2-135M-Instruct",
    prompt: "The",
    mode: "continuation",
    seed: 7,
    settings,
    ...more,
  });
}

describe("the same run in transformers", () => {
  it("is a whole script", () => {
    expect(code({ strategy: "sample", temperature: 0.7, topP: 0.9, maxNewTokens: 40 })).toBe(`\
# pip install torch "transformers>=5"
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

name = "HuggingFaceTB/SmolLM2-135M-Instruct"
tokenizer = AutoTokenizer.from_pretrained(name)
model = AutoModelForCausalLM.from_pretrained(name)

inputs = tokenizer("The", return_tensors="pt")

# PyTorch draws other random numbers from the same seed: the distribution is the same, the text is not.
set_seed(7)
outputs = model.generate(
    **inputs,
    do_sample=True,
    max_new_tokens=40,
    temperature=0.7,
    top_k=0,
    top_p=0.9,
)

new_tokens = outputs[:, inputs["input_ids"].shape[1]:]
for text in tokenizer.batch_decode(new_tokens, skip_special_tokens=True):
    print(text)
`);
  });

  it("switches off transformers' own top-k of 50 when sampling, and only then", () => {
    expect(code({ strategy: "sample" })).toContain("top_k=0,");
    expect(code({})).not.toContain("top_k");
    expect(code({ strategy: "beam" })).not.toContain("top_k");
  });

  it.each([
    [
      { strategy: "beam", numBeams: 5, lengthPenalty: 2, earlyStopping: "never", numReturnSequences: 5 },
      [
        "do_sample=False",
        "num_beams=5",
        "length_penalty=2",
        'early_stopping="never"',
        "num_return_sequences=5",
      ],
    ],
    [{ strategy: "beam", earlyStopping: true }, ["early_stopping=True"]],
    [{ strategy: "beam-sample", topK: 20 }, ["do_sample=True", "num_beams=4", "top_k=20", "set_seed(7)"]],
    [
      { strategy: "diverse-beam" },
      ["num_beam_groups=2", "diversity_penalty=0.5", "transformers==4.55.4", "left the library in 4.56"],
    ],
    [{ strategy: "contrastive" }, ["penalty_alpha=0.6", "top_k=4", "transformers==4.55.4"]],
    [
      { strategy: "sample", minP: 0.1, typicalP: 0.9, epsilonCutoff: 0.01, etaCutoff: 0.02 },
      ["min_p=0.1", "typical_p=0.9", "epsilon_cutoff=0.01", "eta_cutoff=0.02"],
    ],
    [
      { repetitionPenalty: 1.2, noRepeatNgramSize: 3, minNewTokens: 4, minLength: 9 },
      ["repetition_penalty=1.2", "no_repeat_ngram_size=3", "min_new_tokens=4", "min_length=9"],
    ],
    [
      { badWords: [[1, 2], [3]], suppressTokens: [4] },
      ["bad_words_ids=[[1, 2], [3]]", "suppress_tokens=[4]"],
    ],
    [
      { stopStrings: ["\n\n"], maxTimeMs: 1500 },
      ['stop_strings=["\\n\\n"]', "tokenizer=tokenizer", "max_time=1.5"],
    ],
  ] as const)("names every setting: %j", (settings, lines) => {
    const text = code(settings as Partial<GenerationSettings>);
    for (const line of lines) expect(text).toContain(line);
  });

  it.each([
    [{ frequencyPenalty: 0.5, presencePenalty: -0.25 }, "FrequencyPresencePenalty(0.5, -0.25, inputs"],
    [{ strategy: "sample", topNSigma: 1.5 }, "TopNSigma(1.5)"],
    [{ forcedTokens: [{ step: 2, tokenId: 8 }] }, "ForcedTokens({2: 8}, inputs"],
  ] as const)("brings along what transformers lacks: %j", (settings, use) => {
    const text = code(settings as Partial<GenerationSettings>);
    expect(text).toContain("import torch\n");
    expect(text).toContain(`class ${use.split("(")[0]}(LogitsProcessor):`);
    expect(text).toContain(`logits_processor=LogitsProcessorList([${use}`);
  });

  it("puts a chat prompt into the template", () => {
    const text = code({}, { mode: "chat", systemPrompt: "Be brief." });
    expect(text).toContain('{"role": "system", "content": "Be brief."}');
    expect(text).toContain("apply_chat_template(");
    expect(text).toContain("add_generation_prompt=True");
  });

  it("keeps a prompt a Python string whatever it holds", () => {
    expect(code({}, { prompt: 'a "b"\n\\c é 😀' })).toContain(
      'tokenizer("a \\"b\\"\\n\\\\c é 😀", return_tensors="pt")',
    );
  });

  it("says when it cannot know the model's name on the Hub", () => {
    expect(code({}, { model: "my-model" })).toContain(
      'name = "my-model"  # replace by the model\'s name on the Hub',
    );
    expect(code({}, { model: "smollm2-135m-instruct" })).toContain(
      'name = "HuggingFaceTB/SmolLM2-135M-Instruct"\n',
    );
  });

  it("writes temperature 0 as the greedy decoding that it is", () => {
    expect(code({ strategy: "sample", temperature: 0 })).toContain("do_sample=False");
  });

  it("refuses settings that could not run", () => {
    expect(() => code({ strategy: "greedy", topP: 0.5 })).toThrow(DecodingOptionError);
  });
});
