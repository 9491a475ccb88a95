import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findCommand, readArguments } from "../../src/adapters/cli/command-arguments.ts";
import { readCustomId } from "../../src/adapters/discord/custom-id.ts";
import { readMore } from "../../src/adapters/discord/more-option.ts";
import { readCommandText } from "../../src/adapters/slack/command-text.ts";
import { cleanName } from "../../src/adapters/web/members.ts";
import { generate } from "../../src/bot/commands/generate.ts";
import { readGift } from "../../src/bot/course/imports/read-gift.ts";
import { readItemsCsv } from "../../src/bot/course/imports/read-items-csv.ts";
import { parseMethods } from "../../src/bot/decoding/method-list.ts";
import { readCanvasCsv } from "../../src/bot/people/canvas-csv.ts";
import { hideListedWords } from "../../src/bot/word-list/hide-listed-words.ts";
import { readCourseFile } from "../../src/config/course-file.ts";
import { readEnvironment } from "../../src/config/environment.ts";
import { parseBlanks } from "../../src/engine/encoding/fill-mask/blanks.ts";
import { findMarkedWord } from "../../src/engine/encoding/marked-word.ts";
import { readWordPieceTokenizer } from "../../src/engine/encoding/word-piece-tokenizer.ts";
import { charactersWithoutToken } from "../../src/engine/models/characters-without-token.ts";
import { createChatFormat } from "../../src/engine/models/chat-template.ts";
import { readTokenizer } from "../../src/engine/models/text-tokenizer.ts";
import { damaged, hostileText } from "./hostile-text.ts";
import type { Target } from "./target.ts";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const file = (path: string) => readFileSync(root(path), "utf8");
const DEFAULTS = { objective: "x", knownObjectives: ["x"], source: "fuzz", takenIds: ["a"] };
const commands = new Map([[generate.name, generate]]);
const smollm = readTokenizer(root("models/smollm2-135m-instruct/tokenizer.json"));
const wordPiece = readWordPieceTokenizer(root("models/minilm-l6-v2/tokenizer.json"));
const chat = createChatFormat(file("models/smollm2-135m-instruct/chat_template.jinja"), { bos: "", eos: "" });
const well = (text: string) => text.isWellFormed();

/** Every reader of text that comes from outside, with what must hold beyond not failing. */
export const textParsers: readonly Target[] = [
  {
    name: "Slack's text of a command",
    source: "src/adapters/slack/command-text.ts",
    input: hostileText,
    run: (text) => readCommandText("/generate", [generate], text),
  },
  {
    name: "the command line",
    source: "src/adapters/cli/command-arguments.ts",
    input: hostileText,
    run: (text) => {
      const words = text.split(" ");
      findCommand(words, commands);
      readArguments(generate, words);
    },
  },
  {
    name: "Discord's option more",
    source: "src/adapters/discord/more-option.ts",
    input: hostileText,
    run: (text) => {
      const read = readMore(generate, text);
      if (read.kind === "options") {
        for (const value of Object.values(read.options))
          if (typeof value !== "string") throw new Error("no text");
      }
    },
  },
  {
    name: "a button's id on Discord",
    source: "src/adapters/discord/custom-id.ts",
    input: hostileText,
    run: (text) => {
      const { action, record } = readCustomId(text);
      if (action.includes(":") || record.includes(":")) throw new Error("a colon in a key");
    },
  },
  {
    name: "a person's name",
    source: "src/adapters/web/members.ts",
    input: hostileText,
    run: (text) => {
      if (/[\p{C}\n]/u.test(cleanName(text))) throw new Error("something invisible in a name");
    },
  },
  {
    name: "a list of decoding methods",
    source: "src/bot/decoding/method-list.ts",
    input: damaged("greedy,beam:4,top-p:0.9", "contrastive:0.6,top-p:0.9+temperature:1.2,top-k:50"),
    run: (text) => parseMethods(text),
  },
  {
    name: "Moodle's GIFT",
    source: "src/bot/course/imports/read-gift.ts",
    input: damaged(
      "::Q:: a {=b ~c # d}\n\n// x\n::N:: n {#3:2}\n\n$CATEGORY: t\n",
      "1+1=2 {T}\n\n{=%50%a =b}\n",
    ),
    run: (text) => readGift(text, DEFAULTS),
  },
  {
    name: "items as CSV",
    source: "src/bot/course/imports/read-items-csv.ts",
    input: damaged('kind,question,right,wrong\nsingle,"a, b",c,d|e\nnumeric,f,1.5,\n'),
    run: (text) => readItemsCsv(text, DEFAULTS),
  },
  {
    name: "the roster as CSV",
    source: "src/bot/people/canvas-csv.ts",
    input: damaged('Student,ID,SIS User ID,SIS Login ID,Section\n"Doe, Jo",1,s1,jo,A\nPoints Possible,,,,\n'),
    run: (text) => readCanvasCsv(text),
  },
  {
    name: "cloze.yaml",
    source: "src/config/course-file.ts",
    input: damaged(file("cloze.example.yaml"), "courses: [{ id: nlp, limits: { perPersonPerMinute: 3 } }]\n"),
    run: (text) => {
      const problems: never[] = [];
      const { courses } = readCourseFile(text, "Europe/Berlin", problems);
      if (courses.length === 0) throw new Error("no course");
    },
  },
  {
    name: ".env",
    source: "src/config/environment.ts",
    input: damaged('CLOZE_WEB_PORT=3000\nDISCORD_TOKEN="a.b.c"\n# x\nexport CLOZE_LOG_LEVEL=info\n'),
    run: (text) => readEnvironment(text, {}, []),
  },
  {
    name: "blanks of a sentence",
    source: "src/engine/encoding/fill-mask/blanks.ts",
    input: damaged("Paris is the [MASK] of France.", "a ___ b [MASK]"),
    run: (text) => parseBlanks(text),
  },
  {
    name: "a marked word",
    source: "src/engine/encoding/marked-word.ts",
    input: damaged("I sat on the **bank** of the river."),
    run: (text) => {
      const { length } = text;
      findMarkedWord(text, length % 2 === 0 ? text.slice(0, 5) : undefined);
    },
  },
  {
    name: "a prompt by SmolLM2's tokenizer",
    source: "src/engine/models/text-tokenizer.ts",
    input: hostileText,
    run: (text) => {
      const back = smollm.text(smollm.encode(text, false));
      // Special tokens' names become those tokens, whose text is empty.
      if (
        well(text) &&
        !text.includes("<|") &&
        charactersWithoutToken(text, smollm).length === 0 &&
        back !== text
      )
        throw new Error(`came back as ${back}`);
    },
  },
  {
    name: "a prompt by the encoders' WordPiece",
    source: "src/engine/encoding/word-piece-tokenizer.ts",
    input: hostileText,
    run: (text) => {
      for (const id of wordPiece.encode(text))
        if (wordPiece.piece(id) === "") throw new Error(`no piece ${id}`);
    },
  },
  {
    name: "a chat prompt in SmolLM2's template",
    source: "src/engine/models/chat-template.ts",
    input: hostileText,
    run: (text) => {
      if (!chat({ user: text, system: text }).includes(text)) throw new Error("words of the prompt are lost");
    },
  },
  {
    name: "a text under the word list",
    source: "src/bot/word-list/hide-listed-words.ts",
    input: hostileText,
    run: (text) => {
      const { blocks } = hideListedWords({ blocks: [{ type: "quote", text }] });
      const [block] = blocks as readonly { text: string }[];
      if ([...block!.text].length !== [...text].length) throw new Error("its length has changed");
    },
  },
];
