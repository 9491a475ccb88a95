import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, join } from "node:path";
import type { Card } from "../../bot/cards/card.ts";
import { createChartPictures } from "../../bot/charts/picture/chart-pictures.ts";
import type { AnyCommand } from "../../bot/commands/spec.ts";
import type { Dispatcher, Prepared } from "../../bot/dispatcher.ts";
import type { CommandEvent, Reply, ReplyError } from "../../bot/invocation.ts";
import { newRecordId } from "../../bot/store/record-id.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { renderActions, renderCard } from "./render-card.ts";
import { appendingScreen, redrawingScreen } from "./screen.ts";

export interface Terminal {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: Pick<NodeJS.WritableStream, "write">;
}

/** The exit status for bad input, for a fault of Cloze, and after Ctrl-C. */
export const EXIT = { badInput: 2, fault: 1, cancelled: 130 } as const;

/**
 * Runs one command of the classroom and prints its reply.
 * @param signal Aborted by Ctrl-C: the command ends early and what it wrote is kept.
 * @returns The exit status.
 */
export async function runCommand(
  dispatcher: Dispatcher,
  command: AnyCommand,
  { options, json, save }: CommandArguments,
  { stdout, stderr }: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const prepared = await dispatcher.command(eventOf(command.name, options));
  if (prepared.kind === "refused") return complain(stderr, prepared.error);
  const shown = json ? await collect(prepared, signal) : await stream(prepared, stdout, signal);
  if (shown.error) return complain(stderr, shown.error);
  if (shown.formAsked) {
    return complain(stderr, {
      code: "form-unavailable",
      message: `cloze ${command.name} asks by a form. Give its options here (cloze ${command.name} --help), or use it in the web classroom.`,
      fault: false,
    });
  }
  if (json) stdout.write(`${JSON.stringify(shown.data ?? {})}\n`);
  if (save !== undefined) await keepFiles(shown.cards, save, stderr);
  return signal.aborted ? EXIT.cancelled : 0;
}

function eventOf(command: string, options: CommandArguments["options"]): CommandEvent {
  const { username } = userInfo();
  return {
    id: newRecordId(),
    command,
    options,
    // Whoever can start Cloze on this machine holds all of its data: that is the teacher.
    account: { platform: "cli", id: username, displayName: username },
    platformRole: "teacher",
    channel: { platform: "cli", id: "terminal" },
    channelName: "terminal",
    direct: false,
  };
}

interface Shown {
  readonly cards: readonly Card[];
  readonly data?: unknown;
  readonly error?: ReplyError;
  readonly formAsked?: boolean;
}

type Ready = Extract<Prepared, { kind: "ready" }>;
type Visible = Extract<Reply, { kind: "message" | "private" }>;

async function collect(prepared: Ready, signal: AbortSignal): Promise<Shown> {
  let last: Visible | undefined;
  const privates: Card[] = [];
  let formAsked = false;
  for await (const reply of prepared.run(signal)) {
    if (reply.kind === "message" || (reply.kind === "private" && (reply.error || !last))) last = reply;
    if (reply.kind === "private") privates.push(reply.card);
    if (reply.kind === "modal") formAsked = true;
  }
  return shownOf(last, privates, formAsked);
}

async function stream(prepared: Ready, stdout: NodeJS.WriteStream, signal: AbortSignal): Promise<Shown> {
  const styled = stdout.isTTY && stdout.hasColors();
  const screen = stdout.isTTY ? redrawingScreen(stdout) : appendingScreen(stdout);
  // A terminal that does not know its width says 0.
  const width = stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
  const render = (card: Card) => renderCard(card, { width, styled });
  let last: Visible | undefined;
  const privates: Visible[] = [];
  let formAsked = false;
  for await (const reply of prepared.run(signal)) {
    if (reply.kind === "message") {
      last = reply;
      screen.show(render(reply.card));
    } else if (reply.kind === "private") {
      privates.push(reply);
    } else if (reply.kind === "modal") {
      formAsked = true;
    }
  }
  const failure = privates.find(({ error }) => error);
  if (last) screen.finish([render(last.card), ...[renderActions(last.card)].filter(Boolean)].join("\n\n"));
  for (const reply of privates) if (!reply.error) screen.finish(render(reply.card));
  return shownOf(
    failure ?? last ?? privates.at(-1),
    privates.map(({ card }) => card),
    formAsked,
  );
}

function shownOf(last: Visible | undefined, privates: readonly Card[], formAsked: boolean): Shown {
  const cards = last?.kind === "message" ? [last.card, ...privates] : privates;
  return { cards, formAsked, ...(last?.error ? { error: last.error } : {}), data: last?.data };
}

function complain(stderr: Terminal["stderr"], { message, fault }: ReplyError): number {
  stderr.write(`cloze: ${message.replaceAll("\n", " ")}\n`);
  return fault ? EXIT.fault : EXIT.badInput;
}

async function keepFiles(
  cards: readonly Card[],
  directory: string,
  stderr: Terminal["stderr"],
): Promise<void> {
  const pictures = createChartPictures();
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const block of cards.flatMap(({ blocks }) => blocks)) {
    const shown = block.type === "chart" ? await pictures.draw(block, "light") : block;
    if (shown.type === "picture") files.push({ name: shown.fileName, bytes: shown.png });
    if (shown.type === "file") files.push({ name: shown.fileName, bytes: shown.bytes });
  }
  await pictures.close();
  mkdirSync(directory, { recursive: true });
  for (const { name, bytes } of files) {
    const path = join(directory, basename(name));
    writeFileSync(path, bytes);
    stderr.write(`cloze: wrote ${path}\n`);
  }
  if (files.length === 0) stderr.write("cloze: this result has no pictures or files to save.\n");
}
