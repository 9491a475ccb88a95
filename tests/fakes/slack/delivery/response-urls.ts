import { asString, isObject, type Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { addMessage, changeMessage, removeMessage } from "../messages.ts";
import type { Services } from "../services.ts";
import { parseJson } from "../web-api/arguments.ts";
import { readContent } from "../web-api/message-content.ts";
import { SlackError } from "../web-api/method.ts";
import { type Channel, findMessage, type Message } from "../world.ts";

/** Where answers to a response_url go. */
export interface ResponseTarget {
  readonly user: string;
  readonly channel: Channel;
  /** The message that holds the pressed button; none for a slash command. */
  readonly source?: { readonly ts: string; readonly ephemeral: boolean };
}

/** URLs that answer one interaction, without a token and without the app being in the channel. */
export interface ResponseUrls {
  create(target: ResponseTarget): string;
  /** A POST to `/response/<id>`. */
  use(id: string, body: string, services: Services): { readonly status: number; readonly body: string };
}

export function createResponseUrls(
  origin: () => string,
  now: () => number,
  secret: () => string,
): ResponseUrls {
  const urls = new Map<string, { target: ResponseTarget; uses: number; expiresAt: number }>();
  return {
    create(target) {
      const id = secret();
      urls.set(id, { target, uses: 0, expiresAt: now() + LIMITS.responseUrl.lifeMs });
      return `${origin()}/response/${id}`;
    },
    use(id, body, services) {
      const url = urls.get(id);
      if (!url) return { status: 404, body: "no_such_url" };
      if (now() > url.expiresAt) return { status: 404, body: "expired_url" };
      if (url.uses >= LIMITS.responseUrl.uses) return { status: 404, body: "used_url" };
      const message = parseJson(body);
      if (!isObject(message)) return { status: 400, body: "invalid_payload" };
      try {
        respond(message, url.target, services);
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        return { status: 400, body: error.error };
      }
      url.uses++;
      return { status: 200, body: "ok" };
    },
  };
}

/** What an acknowledgement or a response_url may say; also used for bodies of acknowledged commands. */
export function respond(body: Json, target: ResponseTarget, services: Services): void {
  const source = sourceMessage(target, services);
  if (body.delete_original === true) {
    if (source) removeMessage(services, source);
    return;
  }
  const content = readContent(body, services);
  if (body.replace_original === true && source) {
    changeMessage(services, source, { text: content.text, blocks: content.blocks ?? [] });
    return;
  }
  addMessage(services, {
    channel: target.channel,
    user: services.world.app.botUserId,
    fromApp: true,
    text: content.text,
    ...(content.blocks && { blocks: content.blocks }),
    ...(body.thread_ts !== undefined && { threadTs: asString(body.thread_ts) }),
    ...(body.response_type !== "in_channel" && { ephemeralFor: target.user }),
  });
}

function sourceMessage({ source, channel }: ResponseTarget, { world }: Services): Message | undefined {
  if (!source) return undefined;
  return source.ephemeral ? world.ephemerals.get(source.ts) : findMessage(channel, source.ts);
}
