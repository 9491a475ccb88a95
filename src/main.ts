import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Adapter } from "./adapters/adapter.ts";
import { createChatAdapters } from "./adapters/chat-adapters.ts";
import { cliMessenger } from "./adapters/cli/cli-messenger.ts";
import { findCommand, readArguments } from "./adapters/cli/command-arguments.ts";
import { onInterrupt } from "./adapters/cli/interrupts.ts";
import { print, printFinding, printProblem, printWaysIn, type Terminal } from "./adapters/cli/print.ts";
import { withFiles } from "./adapters/cli/read-files.ts";
import { reloadOnChange } from "./adapters/cli/reload-on-change.ts";
import { runCommand } from "./adapters/cli/run-command.ts";
import { readStartArguments } from "./adapters/cli/start-arguments.ts";
import { commandUsage, overallUsage } from "./adapters/cli/usage.ts";
import { routeMessages } from "./adapters/route-messages.ts";
import { resumeActivities } from "./bot/activities/resume.ts";
import { createChartPictures } from "./bot/charts/picture/chart-pictures.ts";
import { systemClock } from "./bot/clock.ts";
import { allActions, allCommands } from "./bot/commands/all-commands.ts";
import { createRegistry } from "./bot/commands/registry.ts";
import { configuredCourses } from "./bot/course/configured-courses.ts";
import type { Courses } from "./bot/course/courses.ts";
import { createDispatcher, type Dispatcher } from "./bot/dispatcher.ts";
import { UserError } from "./bot/errors.ts";
import type { PlatformName } from "./bot/invocation.ts";
import type { Messenger } from "./bot/messenger.ts";
import { createRoster } from "./bot/people/store-roster.ts";
import { StoreError } from "./bot/store/errors.ts";
import { openConfiguredStore, openMemoryStore } from "./bot/store/open-store.ts";
import type { Store } from "./bot/store/store.ts";
import { suggest } from "./bot/suggest.ts";
import { addedModelsPath, type Config, loadConfig } from "./config.ts";
import { createEngine } from "./engine/create-engine.ts";
import type { Engine } from "./engine/engine.ts";
import { createLog, type Log, secretsOf } from "./operation/log.ts";
import { createMetrics } from "./operation/metrics.ts";
import { readiness } from "./operation/readiness.ts";
import { liveCourses } from "./operation/reload.ts";

/** Where `.env`, `cloze.yaml` and `models/` lie. */
const DIRECTORY = fileURLToPath(new URL("..", import.meta.url));
/** How long running replies may go on after the signal to stop. */
const GRACE_MS = 10_000;
const PLATFORM_TITLE: Record<PlatformName, string> = {
  discord: "Discord",
  slack: "Slack",
  web: "Classroom",
  cli: "Terminal",
};
const OPERATOR_COMMANDS = ["start", "doctor", "setup", "embed", "grade", "worker", "backup", "restore"];

const registry = createRegistry(allCommands, allActions);
const terminal: Terminal = process;

async function main(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined || ["--help", "-h"].includes(first)) {
    print(terminal, overallUsage(registry.commands.values()));
    return 0;
  }
  if (["--version", "-v"].includes(first)) {
    print(terminal, packageJson().version);
    return 0;
  }
  if (first === "start") return start(rest);
  if (first === "doctor") return doctor(rest);
  if (first === "setup") {
    const { setUp } = await import("./adapters/cli/setup.ts");
    const say = (line: string) => print(terminal, line);
    await setUp({
      words: rest,
      config: loadConfig(DIRECTORY),
      commands: allCommands,
      say,
      log: logTo(loadConfig(DIRECTORY), "warn").logger,
    });
    return 0;
  }
  // "models" and "models list" are the classroom's /models.
  if (first === "models" && rest[0] !== undefined && rest[0] !== "list" && !rest[0].startsWith("-")) {
    const { modelsCommand } = await import("./adapters/cli/models-command.ts");
    const controller = new AbortController();
    onInterrupt(() => controller.abort());
    await modelsCommand({
      ...modelsRequest(loadConfig(DIRECTORY), controller.signal),
      words: rest,
      say: (line) => print(terminal, line),
    });
    return 0;
  }
  if (first === "embed" || first === "grade") {
    const { embedCommand, gradeCommand } = await import("./adapters/cli/row-commands.ts");
    const engine = createEngine();
    try {
      const write = (lines: string) => process.stdout.write(lines);
      await (first === "embed" ? embedCommand : gradeCommand)({
        words: rest,
        encoders: engine.encoders,
        write,
      });
    } finally {
      await engine.close();
    }
    return 0;
  }
  if (first === "worker") {
    const { workerCommand } = await import("./adapters/cli/worker.ts");
    const config = loadConfig(DIRECTORY);
    const log = logTo(config, config.logLevel).logger;
    await workerCommand({
      words: rest,
      config,
      say: (line) => print(terminal, line),
      onError: (error) => log.warn({ err: error }, "the connection to Redis failed"),
      stopped: new Promise((resolve) => onInterrupt(resolve)),
    });
    return 0;
  }
  if (first === "backup" || first === "restore") {
    const { backupCommand, restoreCommand } = await import("./adapters/cli/backup.ts");
    await (first === "backup" ? backupCommand : restoreCommand)({
      words: rest,
      config: loadConfig(DIRECTORY),
      say: (line) => print(terminal, line),
      now: systemClock.now(),
    });
    return 0;
  }
  const isList = first === "models" && rest[0] === "list";
  const found = findCommand(isList ? [first, ...rest.slice(1)] : words, registry.commands);
  if (!found) throw unknown(first);
  const args = withFiles(found.command, readArguments(found.command, found.rest));
  if (args.help) {
    print(terminal, commandUsage(found.command));
    return 0;
  }
  const config = loadConfig(DIRECTORY);
  const controller = new AbortController();
  onInterrupt(() => controller.abort());
  if (typeof args.options.model === "string") {
    await fetchMissing(
      config,
      controller.signal,
      (line) => process.stderr.write(`${line}\n`),
      args.options.model,
    );
  }
  const engine = createEngine({ addedModels: addedModelsPath(config) });
  const store = await storeOrMemory(config);
  const { logger } = logTo(config, "error");
  const courses = configuredCourses(config.courses);
  const dispatcher = wire(engine, store, cliMessenger, logger, courses, config);
  try {
    return await runCommand(dispatcher, found.command, args, terminal, controller.signal);
  } finally {
    await engine.close();
    await store.close();
  }
}

function modelsRequest(config: Config, signal: AbortSignal) {
  const { hub, dataDirectory } = config;
  return {
    hub,
    signal,
    listPath: addedModelsPath(config),
    convertedDirectory: join(dataDirectory, "models"),
  };
}

/** Downloads the models of the Hub that cloze.yaml names; a problem is printed, and the rest goes on. */
async function fetchMissing(
  config: Config,
  signal: AbortSignal,
  say: (line: string) => void,
  only?: string,
): Promise<void> {
  if (config.hubModels.length === 0) return;
  const { fetchConfigured } = await import("./adapters/cli/fetch-configured.ts");
  const request = { ...modelsRequest(config, signal), say };
  await fetchConfigured(request, config.hubModels, (error) => printProblem(terminal, error), only);
}

/** Opens every door there is a key for, and keeps them open until a signal comes. */
async function start(words: readonly string[]): Promise<number> {
  const { host, port } = readStartArguments(words);
  const config = loadConfig(DIRECTORY);
  const { store, place, durability } = await openConfiguredStore(config);
  const log = logTo(config, config.logLevel);
  const metrics = createMetrics(() => performance.now());
  const engine = metrics.engine(await engineOf(config, log.logger));
  const ready = readiness(store);
  const settings = {
    ...config.web,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    operation: { notReady: ready.whyNot, metrics, metricsToken: config.metricsToken },
  };
  // Loaded only here: the command line starts without a web server.
  const { createWebAdapter } = await import("./adapters/web/adapter.ts");
  const web = createWebAdapter(settings);
  // Grows as platforms are connected: one that can't be must not keep the class from the others.
  const adapters: Adapter[] = [web];
  const courses = liveCourses(config.courses);
  const dispatcher = metrics.dispatcher(
    wire(engine, store, routeMessages(adapters), log.logger, courses, config),
  );
  const stopped = new Promise<void>((resolve) => onInterrupt(resolve));
  await web.start(dispatcher);
  for (const secret of web.secrets()) log.hide(secret);
  printWaysIn(terminal, web, settings.port);
  const pictures = createChartPictures();
  for (const adapter of await createChatAdapters(config, { pictures, log: log.logger })) {
    try {
      await adapter.start(dispatcher);
      adapters.push(adapter);
      print(terminal, `${PLATFORM_TITLE[adapter.platform].padEnd(12)}connected`);
    } catch (error) {
      printProblem(terminal, error);
    }
  }
  void resumeActivities(dispatcher.services);
  print(terminal, `Data        ${place}`);
  if (!durability.isFull) print(terminal, `            Warning: ${durability.message}`);
  const stopReloading = reloadOnChange({ directory: DIRECTORY, config, courses, terminal });
  const loading = loadFirstModel(engine).then(ready.modelsLoaded);
  const leaving = new AbortController();
  void fetchMissing(config, leaving.signal, (line) => print(terminal, line));
  await stopped;
  ready.stopping();
  stopReloading();
  leaving.abort();
  print(terminal, `Stopping. Running replies have ${GRACE_MS / 1000} s to finish.`);
  await Promise.all(adapters.map((adapter) => adapter.stop(GRACE_MS)));
  await pictures.close();
  await loading;
  await engine.close();
  await store.close();
  return 0;
}

/** With Redis, models run in workers: the classroom itself stays light, and grows by machines. */
async function engineOf(config: Config, log: Logger): Promise<Engine> {
  const { redisUrl } = config;
  if (redisUrl === undefined) return createEngine({ addedModels: addedModelsPath(config) });
  const { connectRemoteEngine } = await import("./engine/remote/remote-engine.ts");
  const onError = (error: unknown) => log.warn({ err: error }, "the connection to the models failed");
  return connectRemoteEngine({ url: redisUrl, onError });
}

function wire(
  engine: Engine,
  store: Store,
  messenger: Messenger,
  log: Logger,
  courses: Courses,
  { web: { publicAddress } }: Config,
): Dispatcher {
  return createDispatcher({
    engine,
    store,
    messenger,
    clock: systemClock,
    log,
    courses,
    roster: createRoster(store, systemClock),
    commands: registry,
    ...(publicAddress === undefined ? {} : { playgroundUrl: `${publicAddress}/playground` }),
  });
}

/** Standard output is for people and for --json. */
function logTo(config: Config, level: Config["logLevel"]): Log {
  const log = createLog(level, (line) => process.stderr.write(line));
  for (const secret of secretsOf(config)) log.hide(secret);
  return log;
}

/** So that the first question of a lesson need not wait for it. */
async function loadFirstModel(engine: Engine): Promise<void> {
  const first = engine.models().find(({ family }) => family === "decoder-only");
  if (!first) return;
  try {
    await engine.load(first.id);
    print(terminal, `Model       ${first.id} is loaded`);
  } catch (error) {
    printProblem(terminal, error);
  }
}

/** A running classroom holds the store; a command beside it does its work and keeps nothing. */
async function storeOrMemory(config: Config): Promise<Store> {
  try {
    return (await openConfiguredStore(config)).store;
  } catch (error) {
    if (!(error instanceof StoreError && error.code === "store-in-use")) throw error;
    process.stderr.write(
      "cloze: a classroom is running on this data; this command neither sees nor keeps any.\n",
    );
    return openMemoryStore();
  }
}

async function doctor(words: readonly string[]): Promise<number> {
  const { examine } = await import("./adapters/cli/doctor.ts");
  const { createLogUpdate } = await import("log-update");
  const { platformChecks, readDoctorArguments } = await import("./adapters/cli/doctor-platforms.ts");
  const { offline } = readDoctorArguments(words);
  const { dependencies } = packageJson();
  let worst = 0;
  const redrawn = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;
  const findings = examine({
    directory: DIRECTORY,
    variables: process.env,
    modelsDirectory: `${DIRECTORY}models`,
    pinnedNode: dependencies.node,
    runningNode: process.versions.node,
    openStore: openConfiguredStore,
    online: offline
      ? undefined
      : platformChecks(allCommands, systemClock.now, createLog("silent", () => {}).logger),
    availableBytes: process.availableMemory(),
    ...(redrawn && { onProgress: redrawn }),
  });
  for await (const finding of findings) {
    redrawn?.clear();
    printFinding(terminal, finding);
    if (finding.level === "error") worst = 1;
  }
  return worst;
}

function packageJson(): { version: string; dependencies: { node: string } } {
  return JSON.parse(readFileSync(`${DIRECTORY}package.json`, "utf8"));
}

function unknown(word: string): UserError {
  const names = [...OPERATOR_COMMANDS, ...registry.commands.keys()];
  const near = suggest(word, names);
  return new UserError(
    "command-unknown",
    `There is no command "${word}".${near ? ` Did you mean ${near}?` : ""} cloze --help lists all of them.`,
    { command: word, allowed: names },
  );
}

// A reader that closes the pipe early (| head) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = printProblem(terminal, error);
}
