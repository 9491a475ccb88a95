import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createChatFormat } from "../../../src/engine/models/chat-template.ts";

const source = readFileSync(
  new URL("../../../models/smollm2-135m-instruct/chat_template.jinja", import.meta.url),
  "utf8",
);
const format = createChatFormat(source, { bos: "<|im_start|>", eos: "<|im_end|>" });

// Both texts: transformers 5.24, `apply_chat_template(..., add_generation_prompt=True, tokenize=False)`.
it("writes SmolLM2's own system message where none is given, as transformers does", () => {
  expect(format({ user: "What is a nucleus?" })).toBe(
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\nWhat is a nucleus?<|im_end|>\n<|im_start|>assistant\n",
  );
});

it("puts the given system message first", () => {
  expect(format({ user: "What is a nucleus?", system: "Be brief." })).toBe(
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhat is a nucleus?<|im_end|>\n<|im_start|>assistant\n",
  );
});
