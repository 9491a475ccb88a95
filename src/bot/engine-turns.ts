import type { Engine } from "../engine/engine.ts";
import type { Turn } from "../engine/runtime/turns.ts";

/** The engine as one person asks it: while requests wait, nobody's second one starts before another's first. */
export function askedBy(engine: Engine, requester: string): Engine {
  return withTurn(engine, { requester });
}

/** The engine for work that nobody in class waits for: it starts when nothing of the class waits. */
export function inBatch(engine: Engine): Engine {
  return withTurn(engine, { urgency: "batch" });
}

function withTurn(engine: Engine, turn: Turn): Engine {
  const generate: Engine["generate"] = (request, signal) => engine.generate({ ...turn, ...request }, signal);
  // Everything else, its getter for the encoders too, stays the engine's own.
  return Object.create(engine, { generate: { value: generate } }) as Engine;
}
