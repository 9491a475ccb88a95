import type { Json } from "../json.ts";

/** One thing Slack sends to the app, over either transport. */
export interface Envelope {
  readonly id: string;
  readonly type: "slash_commands" | "interactive" | "events_api";
  readonly payload: Json;
  /** 0 for the first attempt. */
  readonly attempt: number;
  readonly retryReason?: string;
}

export type Outcome =
  | { readonly acknowledged: true; readonly body: unknown }
  /** `operation_timeout`, `dispatch_failed` as people see them; `http_error` and the like for events. */
  | { readonly acknowledged: false; readonly reason: string };

/** How envelopes reach the app: a WebSocket or signed HTTP requests. */
export interface Transport {
  send(envelope: Envelope): Promise<Outcome>;
}
