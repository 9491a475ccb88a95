import { resolveSettings } from "./resolve-settings.ts";
import { drawsRandomly, type GenerationSettings, usesBeams } from "./settings.ts";
import { type CustomProcessor, customProcessors, python } from "./transformers-processors.ts";

export interface CodeRequest {
  /** Name on the Hugging Face Hub, or a catalogue id, which the code then asks to replace. */
  readonly model: string;
  readonly prompt: string;
  /** "chat" puts the prompt into the model's chat template. */
  readonly mode: "continuation" | "chat";
  /** Only with mode "chat". */
  readonly systemPrompt?: string;
  readonly settings: Partial<GenerationSettings>;
  readonly seed: number;
}

/** Hub names of catalogue ids. */
const HUB_NAMES: Readonly<Record<string, string>> = {
  "smollm2-135m-instruct": "HuggingFaceTB/SmolLM2-135M-Instruct",
  "smollm2-135m": "HuggingFaceTB/SmolLM2-135M",
};

/**
 * The same run as a Python script with Hugging Face transformers, to be redone in a notebook. What transformers
 * lacks (frequency and presence penalty, top-n-sigma, forced tokens at any place) comes as a small
 * `LogitsProcessor`; where the outcome may still differ, a comment says so.
 * @throws {DecodingOptionError} as `resolveSettings` does.
 */
export function transformersCode(request: CodeRequest): string {
  const { settings } = resolveSettings({ ...request.settings, seed: request.seed });
  const processors = customProcessors(settings);
  const generateArguments = generateCall(settings, processors);
  const lines = [
    `# ${installLine(settings)}`,
    ...imports(settings, processors),
    "",
    ...loading(request.model),
    "",
    ...inputs(request),
    "",
    ...processors.flatMap(({ definition }) => [...definition, "", ""]),
    ...wordListLines(settings),
    ...seedLines(settings),
    "outputs = model.generate(",
    "    **inputs,",
    ...generateArguments.map((argument) => `    ${argument},`),
    ")",
    "",
    'new_tokens = outputs[:, inputs["input_ids"].shape[1]:]',
    "for text in tokenizer.batch_decode(new_tokens, skip_special_tokens=True):",
    "    print(text)",
  ];
  return `${lines.join("\n")}\n`;
}

function installLine({ strategy }: GenerationSettings): string {
  const gone = { "diverse-beam": "Diverse beam search", contrastive: "Contrastive search" };
  if (strategy === "diverse-beam" || strategy === "contrastive") {
    return `pip install torch "transformers==4.55.4"  (${gone[strategy]} left the library in 4.56.)`;
  }
  return 'pip install torch "transformers>=5"';
}

function imports(settings: GenerationSettings, processors: readonly CustomProcessor[]): string[] {
  const names = ["AutoModelForCausalLM", "AutoTokenizer"];
  if (processors.length > 0) names.push("LogitsProcessor", "LogitsProcessorList");
  if (drawsRandomly(settings.strategy)) names.push("set_seed");
  const line = `from transformers import ${names.join(", ")}`;
  return processors.length > 0 ? ["import torch", line] : [line];
}

function loading(model: string): string[] {
  const hubName = HUB_NAMES[model] ?? model;
  const remark = hubName.includes("/") ? "" : "  # replace by the model's name on the Hub";
  return [
    `name = ${python(hubName)}${remark}`,
    "tokenizer = AutoTokenizer.from_pretrained(name)",
    "model = AutoModelForCausalLM.from_pretrained(name)",
  ];
}

function inputs({ prompt, mode, systemPrompt }: CodeRequest): string[] {
  if (mode === "continuation") return [`inputs = tokenizer(${python(prompt)}, return_tensors="pt")`];
  const system =
    systemPrompt === undefined ? [] : [`    {"role": "system", "content": ${python(systemPrompt)}},`];
  return [
    "messages = [",
    ...system,
    `    {"role": "user", "content": ${python(prompt)}},`,
    "]",
    "inputs = tokenizer.apply_chat_template(",
    '    messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"',
    ")",
  ];
}

function wordListLines({ wordList }: GenerationSettings): string[] {
  if (wordList === "off") return [];
  return [`# Cloze also ruled out the words of its list "${wordList}"; this script does not.`];
}

function seedLines(settings: GenerationSettings): string[] {
  if (!drawsRandomly(settings.strategy)) return [];
  return [
    "# PyTorch draws other random numbers from the same seed: the distribution is the same, the text is not.",
    `set_seed(${settings.seed % 2 ** 32})`,
  ];
}

function generateCall(settings: GenerationSettings, processors: readonly CustomProcessor[]): string[] {
  const call: string[] = [`do_sample=${python(drawsRandomly(settings.strategy))}`];
  const add = (name: string, value: unknown, neutral?: unknown) => {
    if (value !== neutral) call.push(`${name}=${python(value)}`);
  };
  add("max_new_tokens", settings.maxNewTokens);
  add("min_new_tokens", settings.minNewTokens, 0);
  add("min_length", settings.minLength, 0);
  if (usesBeams(settings.strategy)) {
    add("num_beams", settings.numBeams);
    add("length_penalty", settings.lengthPenalty);
    add("early_stopping", settings.earlyStopping);
  }
  if (settings.strategy === "diverse-beam") {
    add("num_beam_groups", settings.numBeamGroups);
    add("diversity_penalty", settings.diversityPenalty);
  }
  if (settings.strategy === "contrastive") {
    add("penalty_alpha", settings.penaltyAlpha);
    add("top_k", settings.topK);
  }
  add("num_return_sequences", settings.numReturnSequences, 1);
  if (drawsRandomly(settings.strategy)) {
    add("temperature", settings.temperature, 1);
    // transformers keeps the 50 likeliest unless told otherwise.
    add("top_k", settings.topK);
    add("top_p", settings.topP, 1);
    add("min_p", settings.minP, 0);
    add("typical_p", settings.typicalP, 1);
    add("epsilon_cutoff", settings.epsilonCutoff, 0);
    add("eta_cutoff", settings.etaCutoff, 0);
  }
  add("repetition_penalty", settings.repetitionPenalty, 1);
  add("no_repeat_ngram_size", settings.noRepeatNgramSize, 0);
  if (settings.badWords.length > 0) add("bad_words_ids", settings.badWords);
  if (settings.suppressTokens.length > 0) add("suppress_tokens", settings.suppressTokens);
  if (settings.stopStrings.length > 0) {
    add("stop_strings", settings.stopStrings);
    call.push("tokenizer=tokenizer");
  }
  if (settings.maxTimeMs > 0) add("max_time", settings.maxTimeMs / 1000);
  if (processors.length > 0) {
    call.push(`logits_processor=LogitsProcessorList([${processors.map(({ use }) => use).join(", ")}])`);
  }
  return call;
}
