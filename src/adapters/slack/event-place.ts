import { z } from "zod";
import type { MessageRef } from "../../bot/invocation.ts";

/** Where an event happened; travels with forms in their private metadata, so names are short. */
export interface EventPlace {
  readonly channel: string;
  readonly channelName: string;
  readonly responseUrl?: string | undefined;
  /** The pressed message. */
  readonly ts?: string | undefined;
  readonly ephemeral?: boolean | undefined;
  readonly threadTs?: string | undefined;
}

const travelling = z.object({
  c: z.string(),
  n: z.string(),
  r: z.string().optional(),
  m: z.string().optional(),
  e: z.boolean().optional(),
  t: z.string().optional(),
});

export function writePlace({
  channel,
  channelName,
  responseUrl,
  ts,
  ephemeral,
  threadTs,
}: EventPlace): string {
  return JSON.stringify({
    c: channel,
    n: channelName.slice(0, 80),
    r: responseUrl,
    m: ts,
    e: ephemeral,
    t: threadTs,
  });
}

/** Undefined for a form that was made by something else. */
export function readPlace(metadata: string): EventPlace | undefined {
  try {
    const { c, n, r, m, e, t } = travelling.parse(JSON.parse(metadata));
    return { channel: c, channelName: n, responseUrl: r, ts: m, ephemeral: e, threadTs: t };
  } catch {
    return undefined;
  }
}

export function messageRef({ channel, ts }: EventPlace): MessageRef | undefined {
  return ts === undefined ? undefined : { channel: { platform: "slack", id: channel }, id: ts };
}
