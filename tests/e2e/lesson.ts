/** What is tried in the lesson, on every platform and in a browser. */
type Options = Record<string, string | number | boolean>;

/** What somebody in the lesson types, and a word of the answer. Every command must stand here or in the class hour. */
export const LESSON: Readonly<
  Record<string, { options?: Options; teacher?: boolean; answer: string | RegExp }>
> = {
  generate: {
    options: { prompt: "The nice", strategy: "greedy", "max-new-tokens": 8 },
    answer: "Again: /generate",
  },
  compare: {
    options: { prompt: "The", methods: "greedy,beam:2", "max-new-tokens": 4 },
    answer: "The methods part",
  },
  distribution: { options: { prompt: "The", "top-k": 5, top: 3 }, answer: "After your settings" },
  tree: { options: { toy: true }, answer: "The dog has 0.36" },
  fillmask: {
    options: { text: "Paris is the ___ of France.", method: "encoder" },
    answer: "Again: /fillmask",
  },
  words: { options: { sentences: "A **bat** flew. | My **bat** broke." }, answer: "Contextual" },
  similarity: { options: { a: "A cat sleeps.", b: "A cat is asleep." }, answer: /Cosine 0\.\d+/ },
  nearest: { options: { word: "bank", top: 3 }, answer: "Nearest static vectors" },
  tokens: { options: { text: "unbelievable" }, answer: "WordPiece" },
  families: { options: { sentence: "The cat sat on the mat." }, answer: "saw only what stands left" },
  pronounce: { options: { word: "knight" }, answer: /N AY1 T/ },
  recurrent: { options: { trials: 1 }, answer: /recalled|tokens back/ },
  "quiz-me": {
    options: { text: "The teacher wrote a long letter to her old friend in Paris." },
    answer: "Which word stood here?",
  },
  "prompt-modes": {
    options: { prompt: "Who?", "max-new-tokens": 4 },
    // The lesson's model is a base model without a chat template.
    answer: "no instruct model of its family is installed",
  },
  finetune: { options: { task: "opinion", epochs: 3 }, answer: /Again: \/finetune/ },
  "learning-curves": { answer: "head trained, encoder frozen" },
  "examples list": { answer: "There are no examples yet" },
  "heads list": { answer: /Heads|no heads/ },
  models: { answer: "tiny-llama" },
  help: { options: { command: "generate" }, answer: "max-new-tokens" },
  link: { answer: /\b[0-9A-Z]{4}/ },
  "roster show": { teacher: true, answer: /student/i },
  "review list": { teacher: true, answer: /review/i },
  "export timeline": { teacher: true, answer: /timeline/i },
  "export participation": { teacher: true, answer: /participation/i },
  "export canvas": { teacher: true, answer: /canvas/i },
  "export full": { teacher: true, answer: /full|answers/i },
  "export gift": { teacher: true, answer: /gift/i },
  "mydata export": { answer: /data/i },
  retention: { teacher: true, answer: /until|kept/i },
};

/**
 * Commands that open something for the whole class or change what is kept. The class hour, fine-tuning.test.ts and the
 * reviews' own tests (tests/bot/activities/review) run them.
 */
export const CLASS_ACTIVITIES: ReadonlySet<string> = new Set([
  "poll",
  "quiz",
  "think-pair-share",
  "vote-next",
  "results",
  "roster import",
  "import items",
  "course check",
  "mydata delete",
  "classify",
  "examples add",
  "examples poll",
  "examples delete",
  "heads delete",
  "review schedule",
  "review edit",
  "review pause",
  "review resume",
  "review skip",
  "review run",
  "review delete",
  "review reminders",
]);
