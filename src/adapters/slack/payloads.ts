import type { ViewState } from "./modal.ts";

/** As much of Slack's payloads as the adapter reads. docs.slack.dev/reference/interaction-payloads */

export interface ActionBody {
  readonly trigger_id?: string;
  readonly user: { readonly id: string; readonly name?: string; readonly username?: string };
  readonly team?: { readonly id: string } | null;
  readonly channel?: { readonly id: string; readonly name?: string };
  readonly container?: {
    readonly type?: string;
    readonly message_ts?: string;
    readonly channel_id?: string;
    readonly is_ephemeral?: boolean;
    readonly thread_ts?: string;
    readonly view_id?: string;
  };
  readonly message?: { readonly ts: string; readonly text?: string; readonly thread_ts?: string };
  readonly view?: ViewBody["view"];
  readonly response_url?: string;
}

export interface PressedElement {
  readonly action_id: string;
  readonly action_ts?: string;
  readonly text?: { readonly text?: string };
  readonly placeholder?: { readonly text?: string };
  readonly value?: string;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_options?: readonly { readonly value: string }[];
}

export interface ViewBody {
  readonly user: ActionBody["user"];
  readonly team?: ActionBody["team"];
  readonly trigger_id?: string;
  readonly view: {
    readonly id: string;
    readonly hash?: string;
    readonly callback_id: string;
    readonly private_metadata: string;
    readonly state: { readonly values: ViewState };
  };
}

export interface ShortcutBody extends ActionBody {
  readonly callback_id: string;
  readonly trigger_id: string;
}
