import { Template } from "@huggingface/jinja";

/** Turns a user's turn, and what the system says before it, into the text a chat model was tuned on. */
export type ChatFormat = (turn: { readonly user: string; readonly system?: string | undefined }) => string;

/**
 * @param source A chat template in Jinja, as transformers' `apply_chat_template` takes it: it is given `messages`,
 *   `add_generation_prompt` (true), `bos_token` and `eos_token`. A template may add a system message of its own
 *   when there is none.
 */
export function createChatFormat(
  source: string,
  tokens: { readonly bos: string; readonly eos: string },
): ChatFormat {
  const template = new Template(source);
  return ({ user, system }) =>
    template.render({
      messages: [
        ...(system === undefined ? [] : [{ role: "system", content: system }]),
        { role: "user", content: user },
      ],
      add_generation_prompt: true,
      bos_token: tokens.bos,
      eos_token: tokens.eos,
    });
}
