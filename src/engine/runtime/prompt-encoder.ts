import type { PromptRequest } from "../engine.ts";
import { EngineError } from "../errors.ts";
import { charactersWithoutToken } from "../models/characters-without-token.ts";
import { type ChatFormat, createChatFormat } from "../models/chat-template.ts";
import type { DecoderFacts } from "../models/decoder-config.ts";
import type { TextTokenizer } from "../models/text-tokenizer.ts";

export interface EncodedPrompt {
  readonly ids: readonly number[];
  /** What the user must know about how the prompt was taken. */
  readonly warnings: readonly string[];
}

export type PromptEncoder = (request: PromptRequest) => EncodedPrompt;

/**
 * Makes token ids of prompts. A continuation is the text as it is, with what the tokenizer adds to every text; an
 * empty one starts from the beginning-of-text token. A chat prompt goes into the model's chat template.
 */
export function createPromptEncoder(
  config: DecoderFacts,
  tokenizer: TextTokenizer,
  chatTemplate: string | undefined,
): PromptEncoder {
  const format = chatFormatOf(chatTemplate, config, tokenizer);
  return (request) =>
    request.mode === "chat" ? encodeChat(request, format, tokenizer) : encodeText(request, config, tokenizer);
}

/** @throws {EngineError} "prompt-too-long" when prompt and new tokens together do not fit the model's context. */
export function checkContext(promptLength: number, newTokens: number, contextLength: number): void {
  const longest = contextLength - Math.min(newTokens, 1);
  if (promptLength > longest) {
    throw new EngineError(
      "prompt-too-long",
      `The prompt has ${count(promptLength)} tokens; this model takes at most ${count(longest)}. Shorten it by ${count(promptLength - longest)} tokens or more.`,
      { promptTokens: promptLength, maxPromptTokens: longest, contextLength },
    );
  }
  if (promptLength + newTokens > contextLength) {
    const room = contextLength - promptLength;
    throw new EngineError(
      "context-exceeded",
      `The prompt has ${count(promptLength)} tokens and max-new-tokens is ${count(newTokens)}: together more than the model's context of ${count(contextLength)}. Set max-new-tokens to ${count(room)} or less, or shorten the prompt.`,
      { promptTokens: promptLength, maxNewTokens: newTokens, maxNewTokensAllowed: room, contextLength },
    );
  }
}

function encodeText(
  { prompt, systemPrompt }: PromptRequest,
  config: DecoderFacts,
  tokenizer: TextTokenizer,
): EncodedPrompt {
  if (systemPrompt !== undefined) {
    throw new EngineError(
      "system-prompt-without-chat",
      "A system prompt has no effect on a plain continuation. Use the chat mode, or put the text before the prompt.",
    );
  }
  const ids = tokenizer.encode(prompt, true);
  if (ids.length > 0) return { ids, warnings: lossWarning(prompt, tokenizer) };
  if (config.bosTokenId == null) {
    throw new EngineError(
      "empty-prompt",
      "The prompt is empty and this model has no beginning-of-text token. Give it a word to start from.",
    );
  }
  return {
    ids: [config.bosTokenId],
    warnings: ["The prompt is empty, so the text starts from the beginning-of-text token."],
  };
}

function encodeChat(
  { prompt, systemPrompt }: PromptRequest,
  format: ChatFormat | undefined,
  tokenizer: TextTokenizer,
): EncodedPrompt {
  if (!format) {
    throw new EngineError(
      "no-chat-template",
      "This model was not tuned for chat and has no chat template. Use the continuation mode.",
    );
  }
  if (prompt.trim() === "")
    throw new EngineError(
      "empty-prompt",
      "The message to the chat model is empty. Write a question or a task.",
    );
  // The template writes every special token itself.
  const ids = tokenizer.encode(format({ user: prompt, system: systemPrompt }), false);
  return { ids, warnings: lossWarning(prompt, tokenizer) };
}

function lossWarning(prompt: string, tokenizer: TextTokenizer): string[] {
  const lost = charactersWithoutToken(prompt, tokenizer);
  if (lost.length === 0) return [];
  const names = lost.slice(0, 5).map((character) => {
    const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
    return `U+${code}`;
  });
  const more = lost.length > names.length ? " and others" : "";
  return [
    `The vocabulary has no token for ${names.join(", ")}${more} of the prompt; the model does not see them.`,
  ];
}

function chatFormatOf(
  chatTemplate: string | undefined,
  config: DecoderFacts,
  tokenizer: TextTokenizer,
): ChatFormat | undefined {
  if (chatTemplate === undefined) return undefined;
  const piece = (id: number | null | undefined) => (id == null ? "" : tokenizer.piece(id));
  const tokens = { bos: piece(config.bosTokenId), eos: piece(config.eosTokenIds[0]) };
  return createChatFormat(chatTemplate, tokens);
}

function count(value: number): string {
  return value.toLocaleString("en");
}
