import type { PromptMode } from "../../engine/engine.ts";
import type { GenerationSettings } from "../../engine/generation/settings.ts";
import { transformersCode } from "../../engine/generation/transformers-code.ts";

/** The same run in Python, as a code block. */
export function transformersBlock(
  run: { readonly model: string; readonly settings: Partial<GenerationSettings>; readonly seed: number },
  about: { readonly prompt: string; readonly mode: PromptMode },
): { readonly type: "code"; readonly code: string; readonly language: string } {
  const code = transformersCode({ ...run, ...about });
  return { type: "code", code, language: "python" };
}
