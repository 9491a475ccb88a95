import type { Strategy } from "../../engine/generation/settings.ts";
import type { OptionSpecs } from "../commands/spec.ts";

const STRATEGIES: readonly { name: string; value: Strategy }[] = [
  { name: "greedy: always the likeliest token", value: "greedy" },
  { name: "sample: draw by probability", value: "sample" },
  { name: "beam: keep the best few sequences", value: "beam" },
  { name: "beam-sample: beams that draw", value: "beam-sample" },
  { name: "diverse-beam: groups of beams kept apart", value: "diverse-beam" },
  { name: "contrastive: likely, and unlike what came before", value: "contrastive" },
];

/** How the prompt reaches the model; shared by every command that runs a decoder. */
export const promptOptions = {
  prompt: {
    type: "string",
    main: true,
    required: true,
    multiline: true,
    maxLength: 6000,
    description: "The text to write on from",
  },
  model: {
    type: "string",
    description: "Which model writes; /models lists them",
    maxLength: 100,
    autocomplete: async (typed, { engine }) =>
      engine
        .models()
        .filter(({ id, family }) => family !== "encoder-only" && id.includes(typed.toLowerCase()))
        .map(({ id, name }) => ({ name, value: id })),
  },
  mode: {
    type: "string",
    default: "continuation",
    choices: [
      { name: "continuation: the text as it is", value: "continuation" },
      { name: "chat: as a question to the instruct model", value: "chat" },
    ],
    description: "Plain continuation, or the model's chat template",
  },
} as const satisfies OptionSpecs;

/** For commands whose reply is a model's text. */
export const wordListOption = {
  type: "string",
  advanced: true,
  choices: [
    { name: "classroom: no vulgar words and slurs", value: "classroom" },
    { name: "off: for teachers", value: "off" },
  ],
  description: "Words the model may not write; left out, as the course has it",
} as const satisfies OptionSpecs[string];

/** Every decoding setting, under transformers' names. */
export const decodingOptions = {
  strategy: {
    type: "string",
    choices: STRATEGIES,
    description: "The decoding method; left out, it follows from the other options",
  },
  maxNewTokens: {
    type: "integer",
    min: 1,
    max: 1000,
    description: "Longest continuation, in tokens; 60 when left out",
  },
  seed: {
    type: "integer",
    min: 0,
    max: 4_294_967_295,
    description: "Fixes the draws; left out, one is drawn and shown",
  },
  temperature: {
    type: "number",
    min: 0,
    max: 100,
    description: "Below 1 sharpens the distribution, above 1 flattens it; 0 is greedy",
  },
  topK: { type: "integer", min: 1, description: "Draw from the k likeliest tokens only" },
  topP: {
    type: "number",
    min: 0,
    aboveMin: true,
    max: 1,
    description: "Draw from the fewest tokens whose probabilities reach p",
  },
  minP: {
    type: "number",
    min: 0,
    max: 1,
    description: "Cut tokens below this share of the likeliest one's probability",
  },
  numBeams: { type: "integer", min: 2, max: 16, description: "Sequences that beam search keeps" },
  numReturnSequences: { type: "integer", min: 1, max: 16, description: "How many results to show" },
  lengthPenalty: {
    type: "number",
    min: -10,
    max: 10,
    description: "Beam scores are divided by length to this power; above 0 favours long results",
  },
  repetitionPenalty: {
    type: "number",
    min: 0,
    aboveMin: true,
    max: 100,
    description: "Above 1 makes tokens that already stand there less likely",
  },
  noRepeatNgramSize: { type: "integer", min: 1, max: 20, description: "No n-gram of this size occurs twice" },
  stop: { type: "string", maxLength: 200, description: "Stop after one of these texts, separated by |" },
  systemPrompt: {
    type: "string",
    advanced: true,
    maxLength: 2000,
    description: "With mode chat: the system's turn",
  },
  typicalP: {
    type: "number",
    min: 0,
    aboveMin: true,
    max: 1,
    advanced: true,
    description: "Locally typical sampling: keep tokens whose surprise is near the entropy",
  },
  epsilonCutoff: {
    type: "number",
    min: 0,
    max: 1,
    advanced: true,
    description: "Cut tokens below this probability",
  },
  etaCutoff: {
    type: "number",
    min: 0,
    max: 1,
    advanced: true,
    description: "Cut below a probability that falls with the entropy",
  },
  topNSigma: {
    type: "number",
    min: 0,
    aboveMin: true,
    max: 100,
    advanced: true,
    description: "Keep tokens within n standard deviations of the highest logit",
  },
  numBeamGroups: {
    type: "integer",
    min: 2,
    max: 16,
    advanced: true,
    description: "Groups of diverse beam search",
  },
  diversityPenalty: {
    type: "number",
    min: 0,
    max: 100,
    advanced: true,
    description: "Diverse beam search: taken from tokens that earlier groups chose in this step",
  },
  earlyStopping: {
    type: "string",
    advanced: true,
    choices: [
      { name: "true: as soon as there are enough results", value: "true" },
      { name: "false: when better ones are unlikely", value: "false" },
      { name: "never: when better ones are impossible", value: "never" },
    ],
    description: "When beam search stops",
  },
  penaltyAlpha: {
    type: "number",
    min: 0,
    max: 1,
    advanced: true,
    description: "Contrastive search: weight of being unlike the text so far",
  },
  frequencyPenalty: {
    type: "number",
    min: -2,
    max: 2,
    advanced: true,
    description: "Taken from a token's logit for each time it was written",
  },
  presencePenalty: {
    type: "number",
    min: -2,
    max: 2,
    advanced: true,
    description: "Taken once from the logit of each token that was written",
  },
  minNewTokens: {
    type: "integer",
    min: 0,
    max: 1000,
    advanced: true,
    description: "No end before this many new tokens",
  },
  minLength: {
    type: "integer",
    min: 0,
    max: 8000,
    advanced: true,
    description: "No end before prompt and continuation have this many tokens",
  },
  badWords: {
    type: "string",
    maxLength: 1000,
    advanced: true,
    description: "Never write these, separated by |",
  },
  suppressTokens: {
    type: "string",
    maxLength: 500,
    advanced: true,
    description: "Token ids that are never chosen, separated by commas",
  },
  forcedStart: {
    type: "string",
    maxLength: 500,
    advanced: true,
    description: "The continuation must begin with this text",
  },
  maxTime: {
    type: "number",
    min: 0,
    aboveMin: true,
    max: 600,
    advanced: true,
    description: "Stop after this many seconds",
  },
  wordList: wordListOption,
} as const satisfies OptionSpecs;
