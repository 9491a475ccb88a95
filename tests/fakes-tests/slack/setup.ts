import { webApi } from "@slack/bolt";
import { onTestFinished } from "vitest";
import { type HandClock, handClock } from "../../fakes/hand-clock.ts";
import type { SlackOptions } from "../../fakes/slack/options.ts";
import { type Slack, startSlack } from "../../fakes/slack/slack.ts";

export const SCOPES = [
  "chat:write",
  "commands",
  "channels:read",
  "groups:read",
  "im:read",
  "mpim:read",
  "channels:history",
  "groups:history",
  "im:history",
  "mpim:history",
  "channels:join",
  "im:write",
  "mpim:write",
  "files:write",
  "users:read",
  "usergroups:read",
  "team:read",
];

export interface Setup {
  readonly slack: Slack;
  readonly clock: HandClock;
  /** The real client with the bot's token; it retries nothing. */
  readonly web: webApi.WebClient;
  readonly general: string;
}

/** A workspace of two students, a teacher and three channels, closed when the test ends. */
export async function setUp(
  options: Partial<Omit<SlackOptions, "app">> & { app?: Partial<SlackOptions["app"]> } = {},
): Promise<Setup> {
  const clock = handClock();
  const slack = await startSlack({
    clock,
    users: [
      { name: "student-1", realName: "Ada" },
      { name: "student-2", realName: "Ben" },
      { name: "teacher", realName: "Cleo" },
      { name: "gone", deleted: true },
      ...Array.from({ length: 8 }, (_, i) => ({ name: `extra-${i + 1}` })),
    ],
    channels: [
      { name: "general" },
      { name: "elsewhere", hasApp: false },
      { name: "secret", private: true, members: ["teacher"], hasApp: false },
      { name: "staff", private: true, members: ["teacher"] },
    ],
    userGroups: { teachers: ["teacher"] },
    ...options,
    app: {
      scopes: SCOPES,
      commands: [{ command: "/generate", shouldEscape: true }, { command: "/cloze-help" }],
      shortcuts: [{ name: "Quiz me on this message", callbackId: "quiz-message" }],
      events: ["app_home_opened", "message.channels", "channel_archive", "channel_left"],
      homeTab: true,
      ...options.app,
    },
  });
  onTestFinished(() => slack.close());
  const web = client(slack);
  return { slack, clock, web, general: slack.channel("general").channel.id };
}

export function client(slack: Slack, token = slack.botToken): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: webApi.LogLevel.ERROR,
    logger: quiet,
  });
}

/** The library logs each refusal that a test provokes on purpose. */
export const quiet: webApi.Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => webApi.LogLevel.ERROR,
  setName() {},
};

/** What Slack refused a call with: its `error`, and everything else it said. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown> & { error: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof webApi.WebAPIPlatformError) return error.data as never;
    throw error;
  }
  throw new Error("Expected Slack to refuse the call, but it was accepted.");
}

export const plain = (text: string) => ({ type: "plain_text" as const, text });
export const mrkdwn = (text: string) => ({ type: "mrkdwn" as const, text });
