import { parseEnv } from "node:util";
import { z } from "zod";
import { suggest } from "../bot/suggest.ts";
import { isText, must, type Problem, wrongValue } from "./problems.ts";

/**
 * The settings that are secret or belong to a machine. Each one's description stands above it in
 * `.env.example`; `example` is the value shown there.
 */
export const environmentSettings = {
  DISCORD_TOKEN: secret(
    /^[\w-]{10,}\.[\w-]+\.[\w-]{10,}$/,
    "a bot token, three parts with dots between them; find it at discord.com/developers, your application, Bot, Reset Token",
  ).meta({ description: "Discord: the bot's token (Developer Portal, your application, Bot, Reset Token)." }),
  SLACK_BOT_TOKEN: secret(
    /^xoxb-\S{8,}$/,
    'the bot token of your Slack app, which begins with "xoxb-"; find it at api.slack.com/apps, your app, OAuth & Permissions',
  ).meta({ description: "Slack: the bot token, xoxb-… (your app, OAuth & Permissions)." }),
  SLACK_APP_TOKEN: secret(
    /^xapp-\S{8,}$/,
    'an app-level token with connections:write, which begins with "xapp-"; make it at api.slack.com/apps, your app, Basic Information',
  ).meta({
    description:
      "Slack in Socket Mode (no public address needed): the app-level token, xapp-… (Basic Information). Set this or the next.",
  }),
  SLACK_SIGNING_SECRET: secret(
    /^[0-9a-f]{16,}$/,
    "the signing secret, hexadecimal; find it at api.slack.com/apps, your app, Basic Information",
  ).meta({ description: "Slack in HTTP mode (Slack reaches you): the signing secret (Basic Information)." }),
  CLOZE_SLACK_PORT: port().meta({
    description: "Slack in HTTP mode: the port that takes Slack's requests.",
    example: "3001",
  }),
  CLOZE_WEB_HOST: must<string>(
    "an address to listen on, such as 127.0.0.1 or 0.0.0.0",
    (value) => isText(value) && /^[\w.:-]+$/.test(value),
  )
    .optional()
    .meta({
      description:
        "The web classroom's address: 127.0.0.1 lets only this machine in, 0.0.0.0 everybody on the network.",
      example: "127.0.0.1",
    }),
  CLOZE_WEB_PORT: port().meta({
    description: "The web classroom's port; the next free one is taken when it is in use.",
    example: "3000",
  }),
  CLOZE_DATA_DIR: must<string>("a directory", isText).optional().meta({
    description: "Where everything is kept: votes, roster, schedules.",
    example: "data",
  }),
  HF_ENDPOINT: must<string>(
    "the address of the Hugging Face Hub or a mirror, such as https://huggingface.co",
    (value) => isText(value) && URL.canParse(value) && /^https?:/.test(value),
  )
    .optional()
    .meta({
      description: "Where models are downloaded from, when you add some.",
      example: "https://huggingface.co",
    }),
  HF_TOKEN: secret(/^\S{8,}$/, "a token without spaces; make one at huggingface.co/settings/tokens").meta({
    description: "For models that want a login (huggingface.co, Settings, Access Tokens).",
  }),
  HF_HOME: must<string>("a directory", isText).optional().meta({
    description: "Where Hugging Face tools keep their files, the downloaded models among them.",
    example: "~/.cache/huggingface",
  }),
  HF_HUB_CACHE: must<string>("a directory", isText)
    .optional()
    .meta({ description: "The models alone, on another disk say.", example: "~/.cache/huggingface/hub" }),
  HF_HUB_OFFLINE: must<string>("0 or 1", (value) => /^(0|1|on|off|yes|no|true|false)$/i.test(String(value)))
    .optional()
    .meta({ description: "1: no request to the Hub, only what is downloaded already.", example: "0" }),
  CLOZE_LOG_LEVEL: must<LogLevel>("one of fatal, error, warn, info, debug, trace", isLogLevel)
    .optional()
    .meta({ description: "How much is logged: fatal, error, warn, info, debug or trace.", example: "info" }),
  CLOZE_METRICS_TOKEN: secret(
    /^[\w.~+/=-]{16,}$/,
    "at least 16 letters and digits, such as openssl rand -hex 24 makes",
  ).meta({
    description:
      "Lets Prometheus read /metrics from another machine, as a bearer token; this machine needs none.",
  }),
  REDIS_URL: must<string>(
    "an address of Redis, such as redis://localhost:6379 or rediss://user:password@host:6379/0",
    isRedisAddress,
  )
    .optional()
    .meta({
      description:
        "Several machines: everything is kept in this Redis and models run in npx cloze worker (docs/scale.md).",
      example: "redis://localhost:6379",
    }),
} as const satisfies Record<string, z.ZodType>;

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const schema = z.object(environmentSettings);
export type Environment = z.infer<typeof schema>;

/** Beginnings of names that are Cloze's: an unknown one among the machine's variables is a typing mistake. */
const OURS = /^(CLOZE|DISCORD|SLACK)_/;

/**
 * Reads the settings from `.env` and from the process's environment, which wins. Empty values count as not
 * given.
 * @param file The text of `.env`, where there is one.
 */
export function readEnvironment(
  file: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): Environment {
  const fromFile = file === undefined ? {} : parseEnv(file);
  const known = Object.keys(environmentSettings);
  const where = (name: string) => (variables[name] || !file ? "environment" : `.env:${lineOf(name, file)}`);
  const unknown = [
    ...Object.keys(fromFile).filter((name) => !known.includes(name)),
    ...Object.keys(variables).filter((name) => OURS.test(name) && !known.includes(name)),
  ];
  for (const name of new Set(unknown)) {
    const near = suggest(name, known);
    problems.push({
      where: name in fromFile ? `.env:${lineOf(name, file ?? "")}` : "environment",
      setting: name,
      message: `is no setting of Cloze.${near ? ` Did you mean ${near}?` : ""} Settings: ${known.join(", ")}.`,
    });
  }
  const given = Object.fromEntries(
    known.map((name) => [name, variables[name]?.trim() || fromFile[name]?.trim() || undefined]),
  );
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  for (const { path, message } of checked.error.issues) {
    const name = String(path[0]);
    const value = given[name];
    const shown =
      SECRETS.has(name) && value
        ? `has ${value.length} characters that do not fit; it must be ${message}.`
        : wrongValue(value, message);
    problems.push({ where: where(name), setting: name, message: shown });
  }
  return {};
}

/** Never shown, not even when wrong. */
const SECRETS: ReadonlySet<string> = new Set([
  "DISCORD_TOKEN",
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "SLACK_SIGNING_SECRET",
  "CLOZE_METRICS_TOKEN",
  "REDIS_URL",
  "HF_TOKEN",
]);

function secret(form: RegExp, allowed: string) {
  return must<string>(allowed, (value) => isText(value) && form.test(value)).optional();
}

function port() {
  return must<string>("a port: a whole number from 0 to 65535, 0 for any free one", isPort)
    .transform(Number)
    .optional();
}

function isRedisAddress(value: unknown): boolean {
  return (
    isText(value) &&
    URL.canParse(value) &&
    /^rediss?:\/\/[^/]+(\/\d*)?$/.test(value) &&
    new URL(value).hostname !== ""
  );
}

function isPort(value: unknown): boolean {
  return typeof value === "string" && /^\d{1,5}$/.test(value) && Number(value) <= 65_535;
}

function isLogLevel(value: unknown): boolean {
  return (LOG_LEVELS as readonly unknown[]).includes(value);
}

function lineOf(name: string, file: string): number {
  const lines = file.split(/\r?\n/);
  return (
    lines.findIndex(
      (line) =>
        line
          .replace(/^\s*(export\s+)?/, "")
          .split("=")[0]
          ?.trim() === name,
    ) + 1
  );
}
