import { createEngine } from "../../src/engine/create-engine.ts";
import type { Contender } from "../contender.ts";

export async function open(): Promise<Contender> {
  const engine = createEngine();
  await engine.load();
  const write = async (prompt: string, newTokens: number, onFirstToken: () => void) => {
    const settings = { strategy: "greedy", maxNewTokens: newTokens, minNewTokens: newTokens } as const;
    let isFirst = true;
    for await (const event of engine.generate({ prompt, mode: "continuation", settings })) {
      if (event.type !== "token-delta" || !isFirst) continue;
      isFirst = false;
      onFirstToken();
    }
  };
  return {
    detail: "8-bit blocks of 16, onnxruntime-node",
    generate: async (prompts, newTokens, onFirstToken) => {
      await Promise.all(prompts.map((prompt, index) => write(prompt, newTokens, () => onFirstToken(index))));
    },
    close: () => engine.close(),
  };
}
