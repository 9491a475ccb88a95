import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Course } from "./bot/course/courses.ts";
import { readCourseFile } from "./config/course-file.ts";
import { type Environment, type LogLevel, readEnvironment } from "./config/environment.ts";
import { ConfigError, type Problem } from "./config/problems.ts";
import { type HubSettings, hubSettings } from "./engine/models/hub/hub-settings.ts";

/** Every setting, checked, with defaults filled in. */
export interface Config {
  /** Absolute. */
  readonly dataDirectory: string;
  /** Absent: everything is kept in the data directory, and models run in this process. */
  readonly redisUrl?: string;
  readonly logLevel: LogLevel;
  /** Lets other machines read the metrics; absent: this one alone. */
  readonly metricsToken?: string;
  /** Absent: Cloze does not go to Discord. */
  readonly discord?: { readonly token: string };
  /** Absent: Cloze does not go to Slack. */
  readonly slack?: SlackConfig;
  readonly web: {
    readonly host: string;
    readonly port: number;
    /** The address students use, without a slash at its end; absent: host and port. */
    readonly publicAddress?: string;
    /** The open channels' names, at least one. */
    readonly channels: readonly [string, ...string[]];
  };
  readonly hub: HubSettings;
  /** Repositories of the Hub that are downloaded when Cloze starts, or when the command line names one. */
  readonly hubModels: readonly string[];
  /** At least one. */
  readonly courses: readonly [Course, ...Course[]];
}

export interface SlackConfig {
  readonly botToken: string;
  readonly connection:
    | { readonly mode: "socket"; readonly appToken: string }
    | { readonly mode: "http"; readonly signingSecret: string; readonly port: number };
  /** Before each command's name, e.g. "cloze-"; may be empty. */
  readonly commandPrefix: string;
}

const DEFAULT_WEB_CHANNEL = "general";

/** Where the models stand that were added to those of the repository. */
export function addedModelsPath({ dataDirectory }: Pick<Config, "dataDirectory">): string {
  return join(dataDirectory, "models.json");
}

/**
 * Reads `.env` and `cloze.yaml` of a directory (both may be missing) and the environment, which wins over
 * `.env`.
 * @throws {ConfigError} naming every problem: where, which setting, what came, what is allowed.
 */
export function loadConfig(
  directory: string,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const problems: Problem[] = [];
  const env = readEnvironment(textOf(join(directory, ".env"), problems), variables, problems);
  const file = readCourseFile(
    textOf(join(directory, "cloze.yaml"), problems),
    Intl.DateTimeFormat().resolvedOptions().timeZone,
    problems,
  );
  const slack = slackConfig(env, file.slackCommandPrefix, problems);
  if (problems.length) throw new ConfigError(problems);
  const [channel = DEFAULT_WEB_CHANNEL, ...channels] = file.courses.flatMap((course) =>
    course.channels.filter(({ platform }) => platform === "web").map(({ id }) => id),
  );
  const [first, ...others] = file.courses;
  const withFolder = (course: Course): Course =>
    course.content === undefined ? course : { ...course, content: resolve(directory, course.content) };
  return {
    dataDirectory: resolve(directory, env.CLOZE_DATA_DIR ?? "data"),
    ...(env.REDIS_URL && { redisUrl: env.REDIS_URL }),
    logLevel: env.CLOZE_LOG_LEVEL ?? "info",
    ...(env.CLOZE_METRICS_TOKEN && { metricsToken: env.CLOZE_METRICS_TOKEN }),
    ...(env.DISCORD_TOKEN && { discord: { token: env.DISCORD_TOKEN } }),
    ...(slack && { slack }),
    web: {
      host: env.CLOZE_WEB_HOST ?? "127.0.0.1",
      port: env.CLOZE_WEB_PORT ?? 3000,
      ...(file.publicAddress && { publicAddress: file.publicAddress }),
      channels: [channel, ...channels],
    },
    hub: hubSettings({ ...variables, ...definedOf(env) }, homedir()),
    hubModels: file.hubModels,
    courses: [withFolder(first), ...others.map(withFolder)],
  };
}

/** Text settings of the environment, `.env` among them. */
function definedOf(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

function slackConfig(env: Environment, commandPrefix: string, problems: Problem[]): SlackConfig | undefined {
  const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, CLOZE_SLACK_PORT } = env;
  const problem = (setting: string, message: string) => {
    problems.push({ where: "environment or .env", setting, message });
    return undefined;
  };
  if (!SLACK_BOT_TOKEN) {
    const alone = Object.entries({ SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }).find(([, value]) => value);
    return (
      alone && problem(alone[0], "does nothing without SLACK_BOT_TOKEN; set that as well, or leave both out.")
    );
  }
  if (SLACK_APP_TOKEN && SLACK_SIGNING_SECRET) {
    return problem(
      "SLACK_APP_TOKEN",
      "and SLACK_SIGNING_SECRET are both set; keep the first for Socket Mode or the second for HTTP mode.",
    );
  }
  if (SLACK_APP_TOKEN) {
    if (CLOZE_SLACK_PORT !== undefined) {
      return problem(
        "CLOZE_SLACK_PORT",
        "is for HTTP mode only; leave it out, or use SLACK_SIGNING_SECRET instead of SLACK_APP_TOKEN.",
      );
    }
    return {
      botToken: SLACK_BOT_TOKEN,
      connection: { mode: "socket", appToken: SLACK_APP_TOKEN },
      commandPrefix,
    };
  }
  if (SLACK_SIGNING_SECRET) {
    const connection = {
      mode: "http",
      signingSecret: SLACK_SIGNING_SECRET,
      port: CLOZE_SLACK_PORT ?? 3001,
    } as const;
    return { botToken: SLACK_BOT_TOKEN, connection, commandPrefix };
  }
  return problem(
    "SLACK_BOT_TOKEN",
    "needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it.",
  );
}

function textOf(path: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    problems.push({ where: path, setting: "file", message: `can't be read: ${(error as Error).message}.` });
    return undefined;
  }
}
