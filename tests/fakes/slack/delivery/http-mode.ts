import { createHmac } from "node:crypto";
import { asObject, isObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { parseJson } from "../web-api/arguments.ts";
import type { World } from "../world.ts";
import type { Envelope, Outcome, Transport } from "./envelope.ts";

/** Slack's reasons for an attempt that failed, as `X-Slack-Retry-Reason` names them. */
type HttpFailure = "http_timeout" | "connection_failed" | "http_error";

export interface HttpMode extends Transport {
  /** Where the app listens, e.g. `http://127.0.0.1:3000/slack/events`. */
  readonly url: string;
  /** Proves that the app controls the URL: it must echo the challenge. */
  verifyUrl(): Promise<boolean>;
}

/**
 * @param wallClock Seconds for the signature: the client compares them with the machine's clock, which a
 *   hand-turned clock does not move.
 */
export function createHttpMode(world: World, url: string, wallClock: () => number): HttpMode {
  const post = async (type: string, body: string, extra: Record<string, string>) => {
    const timestamp = String(Math.floor(wallClock() / 1000));
    const hmac = createHmac("sha256", world.signingSecret).update(`v0:${timestamp}:${body}`);
    const stop = new AbortController();
    const cancel = world.options.clock.after(LIMITS.ack.deadlineMs, () => stop.abort());
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: stop.signal,
        headers: {
          "content-type": type,
          "x-slack-signature": `v0=${hmac.digest("hex")}`,
          "x-slack-request-timestamp": timestamp,
          ...extra,
        },
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch {
      return stop.signal.aborted ? ("http_timeout" as const) : ("connection_failed" as const);
    } finally {
      cancel();
    }
  };

  return {
    url,
    async verifyUrl() {
      const challenge = world.secret();
      const answer = await post(
        "application/json",
        JSON.stringify({ type: "url_verification", challenge }),
        {},
      );
      return typeof answer !== "string" && asObject(parseJson(answer.text)).challenge === challenge;
    },
    async send(envelope) {
      const [type, body] = encode(envelope);
      const retry: Record<string, string> = {};
      if (envelope.type === "events_api" && envelope.attempt > 0) {
        retry["x-slack-retry-num"] = String(envelope.attempt);
        retry["x-slack-retry-reason"] = envelope.retryReason ?? "";
      }
      const answer = await post(type, body, retry);
      if (typeof answer === "string") return failed(envelope, answer);
      if (answer.status !== 200) {
        const noRetry = answer.headers.get("x-slack-no-retry") === "1";
        return failed(envelope, "http_error", noRetry);
      }
      const json = parseJson(answer.text);
      const text = answer.text === "" ? {} : { text: answer.text };
      return { acknowledged: true, body: isObject(json) ? json : text };
    },
  };
}

/** Events name the failure; what people started shows them one of two words. */
function failed({ type }: Envelope, reason: HttpFailure, noRetry = false): Outcome {
  if (type === "events_api") return { acknowledged: false, reason: noRetry ? "no_retry" : reason };
  return {
    acknowledged: false,
    reason: reason === "http_timeout" ? "operation_timeout" : "dispatch_failed",
  };
}

function encode({ type, payload }: Envelope): [contentType: string, body: string] {
  const form = "application/x-www-form-urlencoded";
  if (type === "events_api") return ["application/json", JSON.stringify(payload)];
  if (type === "interactive")
    return [form, new URLSearchParams({ payload: JSON.stringify(payload) }).toString()];
  const fields = Object.entries(payload).map(([name, value]) => [name, String(value)]);
  return [form, new URLSearchParams(fields).toString()];
}
