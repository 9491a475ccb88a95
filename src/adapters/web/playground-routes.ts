import type { Hono } from "hono";
import { z } from "zod";
import { nextToken, readablePieces } from "../../bot/decoding/next-token.ts";
import type { Dispatcher } from "../../bot/dispatcher.ts";
import { UserError } from "../../bot/errors.ts";
import { failureReply } from "../../bot/failure-card.ts";
import { createRateLimit } from "../../bot/rate-limit.ts";
import { CHOSEN_TOKENS, PLAYGROUND_PER_MINUTE, PLAYGROUND_RUNS_PER_MINUTE } from "./limits.ts";
import { accountOf, type Member } from "./members.ts";
import { packLogits } from "./pack-logits.ts";
import { jsonOf, read } from "./requests.ts";
import type { WireRun } from "./wire.ts";

/** Demonstrations that leave nothing behind; the playground shows their data in its own way. */
const DEMONSTRATIONS = ["generate", "compare", "tree", "words", "fillmask"] as const;

const model = z.string().max(100);
const tokenId = z.int().min(0);
const nextRequest = z.object({
  prompt: z.string().min(1).max(6_000),
  mode: z.enum(["continuation", "chat"]),
  model: model.optional(),
  chosenIds: z.array(tokenId).max(CHOSEN_TOKENS),
});
const tokensRequest = z.object({ model, ids: z.array(tokenId).max(5_000) });
const runRequest = z.object({
  command: z.enum(DEMONSTRATIONS),
  options: z.record(z.string().max(100), z.string()),
});

export interface PlaygroundParts {
  readonly dispatcher: Dispatcher;
  /** The open channel in whose course the playground runs. */
  readonly channel: string;
}

/** What the playground asks for. Members are known by now. */
export function addPlaygroundRoutes(
  app: Hono<{ Variables: { member: Member } }>,
  { dispatcher, channel }: PlaygroundParts,
): void {
  const { engine, clock, log } = dispatcher.services;
  const limit = createRateLimit(clock);

  function countUse({ id }: Member, isRun = false): void {
    const full = limit.take([
      { key: id, perMinute: PLAYGROUND_PER_MINUTE, what: "steps" },
      ...(isRun ? [{ key: `run/${id}`, perMinute: PLAYGROUND_RUNS_PER_MINUTE, what: "runs" }] : []),
    ]);
    if (!full) return;
    const { perMinute, what } = full.usedUp;
    throw new UserError(
      "too-fast",
      `The playground takes ${perMinute} ${what} a minute from one person. Again in ${Math.ceil(full.retryAfterMs / 1000)} s.`,
      { retryAfterMs: full.retryAfterMs },
    );
  }

  async function told<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work;
    } catch (error) {
      // Nobody waits any more: sliders and typing have moved on.
      if (signal.aborted) throw new UserError("interrupted", "The request was given up.");
      const { code, message, fault } = failureReply(error, log).error;
      throw new UserError(code, message, { fault });
    }
  }

  app.post("/api/playground/next", async (context) => {
    countUse(context.get("member"));
    const { model: name, ...rest } = read(nextRequest, await jsonOf(context));
    const request = { ...rest, ...(name === undefined ? {} : { model: name }) };
    const { signal } = context.req.raw;
    const found = await told(nextToken(engine, request, signal), signal);
    context.header("Content-Type", "application/octet-stream");
    return context.body(packLogits(found));
  });

  app.post("/api/playground/tokens", async (context) => {
    const { model: name, ids } = read(tokensRequest, await jsonOf(context));
    return context.json(await told(readablePieces(engine, name, ids), context.req.raw.signal));
  });

  app.post("/api/playground/run", async (context) => {
    const member = context.get("member");
    const { command, options } = read(runRequest, await jsonOf(context));
    countUse(member, true);
    const prepared = await dispatcher.command({
      id: `playground/${member.id}/${clock.now()}`,
      command,
      options,
      account: accountOf(member),
      platformRole: member.role,
      // A place of one's own, so that a class at work does not use up the channel's share of the model.
      channel: { platform: "web", id: `playground-${member.id}` },
      parentChannel: { platform: "web", id: channel },
      channelName: "playground",
      direct: false,
      isCounted: true,
    });
    if (prepared.kind === "refused") throw new UserError(prepared.error.code, prepared.error.message);
    let run: WireRun = { data: undefined };
    for await (const reply of prepared.run(context.req.raw.signal)) {
      if (reply.kind !== "message" && reply.kind !== "private") continue;
      if (reply.error) throw new UserError(reply.error.code, reply.error.message);
      run = { data: reply.data };
    }
    return context.json(run);
  });
}
