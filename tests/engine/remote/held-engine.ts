import type { Engine } from "../../../src/engine/engine.ts";

/** An engine whose every text stops after its first token until `released`; the tiny model is too quick to catch. */
export function heldEngine(engine: Engine, released: Promise<unknown>): Engine {
  const generate: Engine["generate"] = async function* (request, signal) {
    let tokens = 0;
    for await (const event of engine.generate(request, signal)) {
      yield event;
      if (event.type === "token-delta" && ++tokens === 1) await released;
    }
  };
  return Object.create(engine, { generate: { value: generate } }) as Engine;
}
