import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentSettings } from "../../src/config/environment.ts";
import { type Config, loadConfig } from "../../src/config.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cloze-config-"));
});
afterEach(() => rm(directory, { recursive: true }));

interface Given {
  readonly env?: string;
  readonly yaml?: string;
  readonly variables?: Record<string, string>;
}
async function load({ env, yaml, variables = {} }: Given): Promise<Config> {
  if (env !== undefined) await writeFile(join(directory, ".env"), env);
  if (yaml !== undefined) await writeFile(join(directory, "cloze.yaml"), yaml);
  return loadConfig(directory, variables);
}
async function refusal(given: Given): Promise<string> {
  try {
    await load(given);
  } catch (error) {
    expect(error).toMatchObject({ name: "ConfigError", code: "config-invalid" });
    return (error as Error).message;
  }
  throw new Error("the configuration was accepted");
}
const DISCORD_TOKEN = "made-up-for-tests.abc123.made-up-for-tests";

describe("configuration", () => {
  test("without any file is one course with everything in it, the web on this machine only", async () => {
    expect(await load({ variables: { HF_HOME: "/hf" } })).toEqual({
      dataDirectory: join(directory, "data"),
      hub: { endpoint: "https://huggingface.co", cacheDirectory: "/hf/hub", offline: false },
      hubModels: [],
      logLevel: "info",
      web: { host: "127.0.0.1", port: 3000, channels: ["general"] },
      courses: [
        {
          id: "classroom",
          name: "Classroom",
          timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          channels: [],
          communities: [],
          roles: { discord: { teacher: [], assistant: [] }, slack: { teacher: [], assistant: [] } },
          guestsMayVote: true,
          wordList: true,
          limits: { perPersonPerMinute: 6, perChannelPerMinute: 60 },
        },
      ],
    });
  });

  test("takes the environment over .env, and empty values as not given", async () => {
    const env = `# comment\nexport CLOZE_WEB_PORT="4000"\nDISCORD_TOKEN=\nCLOZE_DATA_DIR=/srv/cloze\n`;
    expect(await load({ env })).toMatchObject({ web: { port: 4000 }, dataDirectory: "/srv/cloze" });
    const config = await load({ env, variables: { CLOZE_WEB_PORT: "0", CLOZE_DATA_DIR: "" } });
    expect(config).toMatchObject({ web: { port: 0 }, dataDirectory: "/srv/cloze" });
    expect(config).not.toHaveProperty("discord");
  });

  test("reads a course over three platforms; ids keep all their digits without quotes", async () => {
    const yaml = `
publicAddress: https://cloze.example.edu/
slack: { commandPrefix: cloze- }
courses:
  - id: nlp
    name: NLP 2026
    timeZone: Europe/Berlin
    communities: { discord: [1051234567890123457] }
    channels:
      discord: [1051234567890123999, "42"]
      slack: [C0123]
      web: [lecture, lab]
    roles: { discord: { teacher: [1051234567890123111] } }
    guestsMayVote: false
    wordList: false
    content: /srv/questions
    limits: { perPersonPerMinute: 3 }
`;
    const { courses, web, slack } = await load({ yaml });
    expect(slack).toBeUndefined();
    expect(web).toMatchObject({ publicAddress: "https://cloze.example.edu", channels: ["lecture", "lab"] });
    expect(courses).toEqual([
      {
        id: "nlp",
        name: "NLP 2026",
        timeZone: "Europe/Berlin",
        communities: [{ platform: "discord", id: "1051234567890123457" }],
        channels: [
          { platform: "discord", id: "1051234567890123999" },
          { platform: "discord", id: "42" },
          { platform: "slack", id: "C0123" },
          { platform: "web", id: "lecture" },
          { platform: "web", id: "lab" },
        ],
        roles: {
          discord: { teacher: ["1051234567890123111"], assistant: [] },
          slack: { teacher: [], assistant: [] },
        },
        guestsMayVote: false,
        wordList: false,
        content: "/srv/questions",
        limits: { perPersonPerMinute: 3, perChannelPerMinute: 60 },
      },
    ]);
  });

  test("knows Slack's two ways to connect", async () => {
    const yaml = "slack: { commandPrefix: nlp- }";
    const env = "SLACK_BOT_TOKEN=xoxb-made-up-1\nSLACK_APP_TOKEN=xapp-made-up-1";
    expect((await load({ env, yaml })).slack).toEqual({
      botToken: "xoxb-made-up-1",
      connection: { mode: "socket", appToken: "xapp-made-up-1" },
      commandPrefix: "nlp-",
    });
    const http =
      "SLACK_BOT_TOKEN=xoxb-made-up-1\nSLACK_SIGNING_SECRET=0123456789abcdef\nCLOZE_SLACK_PORT=8080";
    expect((await load({ env: http, yaml })).slack?.connection).toEqual({
      mode: "http",
      signingSecret: "0123456789abcdef",
      port: 8080,
    });
  });

  test.each<[string, Given, string]>([
    [
      "a port",
      { env: "\nCLOZE_WEB_PORT=70000" },
      '.env:2: CLOZE_WEB_PORT is "70000"; it must be a port: a whole number from 0 to 65535',
    ],
    [
      "a level",
      { variables: { CLOZE_LOG_LEVEL: "loud" } },
      'environment: CLOZE_LOG_LEVEL is "loud"; it must be one of fatal, error, warn, info, debug, trace.',
    ],
    [
      "a mistyped name in .env",
      { env: "DISCORD_TOKN=x" },
      ".env:1: DISCORD_TOKN is no setting of Cloze. Did you mean DISCORD_TOKEN?",
    ],
    [
      "a mistyped name in the environment",
      { variables: { CLOZE_DATADIR: "x" } },
      "environment: CLOZE_DATADIR is no setting of Cloze. Did you mean CLOZE_DATA_DIR?",
    ],
    [
      "Redis",
      { env: "REDIS_URL=http://localhost" },
      "REDIS_URL has 16 characters that do not fit; it must be an address of Redis",
    ],
    [
      "half of Slack",
      { env: "SLACK_APP_TOKEN=xapp-made-up-1" },
      "SLACK_APP_TOKEN does nothing without SLACK_BOT_TOKEN",
    ],
    [
      "the other half of Slack",
      { env: "SLACK_BOT_TOKEN=xoxb-made-up-1" },
      "SLACK_BOT_TOKEN needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET",
    ],
    [
      "both ways of Slack",
      {
        env: "SLACK_BOT_TOKEN=xoxb-made-up-1\nSLACK_APP_TOKEN=xapp-made-up-1\nSLACK_SIGNING_SECRET=0123456789abcdef",
      },
      "are both set",
    ],
    [
      "a port without its use",
      { env: "SLACK_BOT_TOKEN=xoxb-made-up-1\nSLACK_APP_TOKEN=xapp-made-up-1\nCLOZE_SLACK_PORT=1" },
      "CLOZE_SLACK_PORT is for HTTP mode only",
    ],
    [
      "a time zone",
      { yaml: "courses:\n  - id: nlp\n    timeZone: Berlin" },
      'cloze.yaml:3: courses.0.timeZone is "Berlin"; it must be a time zone such as Europe/Berlin',
    ],
    [
      "a missing id",
      { yaml: "courses:\n  - name: NLP" },
      "cloze.yaml:2: courses.0.id is missing; it must be lower-case letters",
    ],
    [
      "an unknown key",
      { yaml: "courses:\n  - id: nlp\n    timezone: Europe/Berlin" },
      "cloze.yaml:3: courses.0.timezone is no setting. Did you mean timeZone? Allowed here: id, name, timeZone",
    ],
    [
      "an unknown key deep down",
      { yaml: "courses:\n  - id: nlp\n    roles:\n      discord:\n        teachers: [1]" },
      "cloze.yaml:5: courses.0.roles.discord.teachers is no setting. Did you mean teacher?",
    ],
    [
      "a text for a list",
      { yaml: "courses:\n  - id: nlp\n    channels: { web: lecture }" },
      'cloze.yaml:3: courses.0.channels.web is "lecture"; it must be a list of channel names.',
    ],
    [
      "a list for a group",
      { yaml: "slack: []" },
      "cloze.yaml:1: slack is []; it must be a group of settings.",
    ],
    ["no courses", { yaml: "courses: []" }, "courses is []; it must be a list with at least one course."],
    [
      "a limit of 0",
      { yaml: "courses: [{ id: a, limits: { perPersonPerMinute: 0 } }]" },
      "perPersonPerMinute is 0; it must be a whole number of at least 1.",
    ],
    ["no YAML", { yaml: "courses: [" }, "cloze.yaml:1: text is no YAML"],
    [
      "a list as the file",
      { yaml: "- a" },
      'cloze.yaml:1: the file is ["a"]; it must be a group of settings.',
    ],
    [
      "an address",
      { yaml: "publicAddress: cloze.example.edu" },
      'publicAddress is "cloze.example.edu"; it must be the address students reach',
    ],
    [
      "two courses of one id",
      { yaml: "courses:\n  - { id: a, channels: { web: [x] } }\n  - { id: a, channels: { web: [y] } }" },
      'cloze.yaml:3: courses.1.id is "a", which another course has',
    ],
    [
      "one channel in two courses",
      { yaml: "courses:\n  - { id: a, channels: { web: [x] } }\n  - { id: b, channels: { web: [x] } }" },
      'cloze.yaml:3: courses.1.channels.web The channel x is the course "a"\'s already',
    ],
    [
      "one community in two courses",
      {
        yaml: "courses:\n  - { id: a, communities: { slack: [T1] } }\n  - { id: b, communities: { slack: [T1] } }",
      },
      'T1 without a list of channels is the course "a"\'s already',
    ],
    [
      "a course nothing leads to",
      { yaml: "courses:\n  - { id: a, channels: { web: [x] } }\n  - { id: b }" },
      "courses.1 has neither channels nor communities",
    ],
  ])("refuses %s and says where, what came and what is allowed", async (_, given, message) => {
    expect(await refusal(given)).toContain(message);
  });

  test("never shows a secret, not even a wrong one", async () => {
    const message = await refusal({ env: "DISCORD_TOKEN=hunter2secret" });
    expect(message).toContain("DISCORD_TOKEN has 13 characters that do not fit");
    expect(message).toContain("discord.com/developers");
    expect(message).not.toContain("hunter2");
  });

  test("names all problems at once, a line each", async () => {
    const message = await refusal({
      env: "CLOZE_WEB_PORT=x\nCLOZE_LOG_LEVEL=y",
      yaml: "courses:\n  - id: NLP\n    guestsMayVote: maybe",
    });
    expect(message.split("\n").map((line) => line.split(" ")[1])).toEqual([
      "CLOZE_WEB_PORT",
      "CLOZE_LOG_LEVEL",
      "courses.0.id",
      "courses.0.guestsMayVote",
    ]);
  });

  test("says which file can't be read", async () => {
    await mkdir(join(directory, ".env"));
    expect(await refusal({})).toContain(`${join(directory, ".env")}: file can't be read`);
  });

  test("accepts a Discord token by its three parts", async () => {
    expect((await load({ env: `DISCORD_TOKEN=${DISCORD_TOKEN}` })).discord).toEqual({ token: DISCORD_TOKEN });
  });
});

test("finds Hugging Face's settings where its own tools do, in .env and in the environment", async () => {
  const env = "HF_ENDPOINT=https://mirror.example.edu/\nHF_TOKEN=hf_of_the_file\nHF_HOME=/srv/hf";
  const variables = { HF_TOKEN: "hf_of_the_environment", HF_HUB_OFFLINE: "YES" };
  expect((await load({ env, variables })).hub).toEqual({
    endpoint: "https://mirror.example.edu",
    token: "hf_of_the_environment",
    cacheDirectory: "/srv/hf/hub",
    offline: true,
  });
  expect((await load({ variables: { HF_HUB_CACHE: "/disk/models" } })).hub.cacheDirectory).toBe(
    "/disk/models",
  );
  expect(await refusal({ env: "HF_TOKEN=has spaces in it" })).not.toContain("spaces in it.");
});

test("takes names of models on the Hub, and refuses what is none", async () => {
  const yaml = "hubModels: [onnx-community/gpt2-ONNX, Xenova/t5-small@v1.0]";
  expect((await load({ yaml })).hubModels).toEqual(["onnx-community/gpt2-ONNX", "Xenova/t5-small@v1.0"]);
  expect(await refusal({ yaml: "hubModels: [../../etc]" })).toContain(
    'is "../../etc"; it must be the name of a model',
  );
});

test(".env.example holds every setting with its description and default, all commented out", async () => {
  const lines = Object.entries(environmentSettings).map(([name, schema]) => {
    const { description, example = "" } = schema.meta() as { description: string; example?: string };
    return `# ${description}\n# ${name}=${example}\n`;
  });
  const head =
    "# Copy this file to .env and take away the # before what you set. Nothing here is needed for the web\n# classroom. Courses, channels and roles stand in cloze.yaml.\n";
  await expect([head, ...lines].join("\n")).toMatchFileSnapshot("../../.env.example");
});

test("cloze.example.yaml can be used as it is, and shows every setting there is", async () => {
  const yaml = await readFile(new URL("../../cloze.example.yaml", import.meta.url), "utf8");
  const { courses, web } = await load({ yaml });
  expect(web.publicAddress).toBe("https://cloze.example.edu");
  expect(courses.map(({ id }) => id)).toEqual(["nlp"]);
  // A name that no setting has is answered with all that there are.
  const told = await refusal({ yaml: "x: 1\nslack: { x: 1 }\ncourses: [{ id: a, x: 1, limits: { x: 1 } }]" });
  const names = told.split("\n").flatMap((line) => line.replace(/.*Allowed here: |\.$/g, "").split(", "));
  expect(names.length).toBeGreaterThan(12);
  expect(names.filter((name) => !new RegExp(`\\b${name}:`).test(yaml))).toEqual([]);
});
