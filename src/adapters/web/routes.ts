import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { UserError } from "../../bot/errors.ts";
import { createRateLimit } from "../../bot/rate-limit.ts";
import type { Classroom } from "./classroom.ts";
import { type Conversation, personOf } from "./conversation.ts";
import { createEventStreams } from "./event-streams.ts";
import { type Links, qrCode } from "./invitation.ts";
import { BODY_BYTES, CALLS_PER_MINUTE, COMMAND_BYTES, PAGE_MESSAGES } from "./limits.ts";
import type { Member, Members } from "./members.ts";
import { addOperationRoutes, type Operation } from "./operation.ts";
import type { Page } from "./page.ts";
import { addPlaygroundRoutes, type PlaygroundParts } from "./playground-routes.ts";
import type { Running } from "./replies.ts";
import {
  actionRequest,
  commandRequest,
  joinRequest,
  jsonOf,
  read,
  renameRequest,
  saidRequest,
  suggestRequest,
} from "./requests.ts";
import { hostCheck, originCheck, securityHeaders } from "./security.ts";
import type { Sessions } from "./sessions.ts";
import { addTeacherRoutes, type TeacherParts } from "./teacher-routes.ts";
import type { WireCommand, WireInvitation, WireRoom } from "./wire.ts";

type Env = { Variables: { member: Member } };

export interface RouteParts extends TeacherParts, PlaygroundParts {
  readonly classroom: Classroom;
  readonly members: Members;
  readonly sessions: Sessions;
  readonly conversation: Conversation;
  readonly running: Running;
  readonly page: Page;
  readonly links: () => Links;
  readonly commandsFor: (member: Member) => Promise<readonly WireCommand[]>;
  readonly courseName: string;
  readonly publicAddress?: string | undefined;
  /** Absent: only whether the process lives can be asked. */
  readonly operation?: Operation | undefined;
  /** Whether new work is taken; false while shutting down. */
  readonly open: () => boolean;
}

/** The classroom over HTTP. `drained` resolves when every event stream has sent its last event and ended. */
export function createRoutes(parts: RouteParts): { app: Hono<Env>; drained: () => Promise<void> } {
  const { dispatcher, classroom, members, sessions, conversation, running, page } = parts;
  const { clock, log } = dispatcher.services;
  const app = new Hono<Env>();

  app.onError((error, context) => {
    if (error instanceof UserError) {
      const { code, message } = error;
      return context.json({ error: { code, message } }, STATUS[code] ?? 400);
    }
    log.error({ err: error, path: context.req.path }, "a web request failed");
    return context.json(
      { error: { code: "fault", message: "Something in Cloze failed; the log has it. Try again." } },
      500,
    );
  });
  app.notFound((context) =>
    context.json({ error: { code: "not-found", message: `There is nothing at ${context.req.path}.` } }, 404),
  );

  app.use(securityHeaders);
  app.use(hostCheck(parts.publicAddress));
  app.use(originCheck(parts.publicAddress));
  const atMost = (bytes: number) =>
    bodyLimit({
      maxSize: bytes,
      onError: () => {
        throw new UserError("request-too-large", `A request takes ${bytes / 1024} kB. Shorten it.`, {
          allowed: bytes,
        });
      },
    });
  const [ofCommands, ofOthers] = [atMost(COMMAND_BYTES), atMost(BODY_BYTES)];
  app.use((context, next) =>
    context.req.path === "/api/commands" ? ofCommands(context, next) : ofOthers(context, next),
  );

  addOperationRoutes(app, parts.operation);
  for (const path of ["/", "/join", "/c/:channel", "/screen", "/control", "/playground"])
    app.get(path, (context) => page.shell(context));
  app.get("/assets/:name", (context) => page.asset(context, context.req.param("name")));

  app.post("/api/session", async (context) => {
    const { key, name } = read(joinRequest, await jsonOf(context));
    const member = await members.join(key, name, addressOf(context));
    await sessions.begin(context, member);
    return context.json(personOf(member));
  });

  app.get("/api/room", async (context) => {
    const member = await sessions.read(context);
    if (!member) return context.json(null);
    const room: WireRoom = {
      me: { ...personOf(member), role: await parts.roleOf(member) },
      courseName: parts.courseName,
      version: await page.version(),
      commands: await parts.commandsFor(member),
    };
    return context.json(room);
  });

  app.use("/api/*", requireMember);
  app.use("/files/*", requireMember);

  const limit = createRateLimit(clock);
  async function requireMember(context: Context<Env>, next: () => Promise<void>) {
    const member = await sessions.read(context);
    if (member && limit.take([{ key: member.id, perMinute: CALLS_PER_MINUTE }])) {
      throw new UserError("too-fast", "Your browser asks for more than a page needs. Close some tabs.");
    }
    if (!member)
      throw new UserError("not-joined", "Join the classroom first: open its link or type its code.");
    context.set("member", member);
    await next();
  }

  app.delete("/api/session", (context) => {
    sessions.end(context);
    return context.json({});
  });
  app.patch("/api/session", async (context) => {
    const { name } = read(renameRequest, await jsonOf(context));
    return context.json(personOf(await members.rename(context.get("member").id, name)));
  });
  app.get("/api/channels/:id/messages", (context) => {
    const { id } = context.req.param();
    const account = context.get("member").id;
    if (!classroom.channels.open(id, account)) {
      throw new UserError("channel-closed", "This channel is not open to you, or it is gone.", {
        channel: id,
      });
    }
    return context.json(classroom.page(id, account, PAGE_MESSAGES, context.req.query("before")));
  });

  const post = <T>(
    path: string,
    shape: Parameters<typeof read<T>>[0],
    work: (m: Member, b: T) => Promise<unknown>,
  ) =>
    app.post(path, async (context) => {
      if (!parts.open()) {
        throw new UserError(
          "stopping",
          "Cloze is being stopped and takes nothing new. Try again in a moment.",
        );
      }
      return context.json((await work(context.get("member"), read(shape, await jsonOf(context)))) ?? {});
    });
  post("/api/messages", saidRequest, conversation.say);
  post("/api/commands", commandRequest, conversation.command);
  post("/api/actions", actionRequest, conversation.act);
  post("/api/suggestions", suggestRequest, conversation.suggest);

  app.post("/api/messages/:id/stop", (context) => {
    const { id } = context.req.param();
    const { id: account, role } = context.get("member");
    if (!running.startedBy(id, account) && role !== "teacher") {
      throw new UserError("not-yours", "Only the one who asked, or the teacher, can stop this.");
    }
    return context.json({ stopped: running.cancel(id) });
  });
  app.post("/api/messages/:id/dismiss", async (context) => {
    const message = classroom.message(context.req.param("id"));
    if (message && message.to !== context.get("member").id) {
      throw new UserError("not-yours", "Only messages that you alone see can be dismissed.");
    }
    if (message) await classroom.edit(message.id, { state: "gone" }, true);
    return context.json({});
  });

  app.get("/api/invitation", (context) => {
    const { role } = context.get("member");
    const { students, assistant } = parts.links();
    const invitation: WireInvitation = {
      code: members.keys.join,
      links: students,
      ...(role === "teacher" ? { assistantLink: assistant } : {}),
    };
    return context.json(invitation);
  });
  app.get("/api/invitation.svg", async (context) => {
    context.header("Content-Type", "image/svg+xml");
    return context.body(await qrCode(parts.links().students[0]!));
  });

  app.get("/files/:message/:hash/:name", async (context) => {
    const { message: id, hash, name } = context.req.param();
    const message = classroom.message(id);
    const seen = message && classroom.maySee(message, context.get("member").id);
    const file = seen ? await classroom.files.read(id, hash) : undefined;
    if (!file) throw new UserError("not-found", "This file is not here any more.");
    const inline = file.mediaType === "image/png";
    context.header("Content-Type", file.mediaType);
    context.header(
      "Content-Disposition",
      `${inline ? "inline" : "attachment"}; filename*=UTF-8''${encodeURIComponent(name)}`,
    );
    // A student's or a model's file never becomes a page of this site.
    context.header("Content-Security-Policy", "default-src 'none'; sandbox");
    context.header("Cache-Control", "private, max-age=31536000, immutable");
    return context.body(new Uint8Array(file.bytes));
  });

  addTeacherRoutes(app, parts);
  addPlaygroundRoutes(app, parts);

  const events = createEventStreams(classroom, clock);
  app.get("/api/events", (context) => events.open(context, context.get("member").id));

  return { app, drained: events.drained };
}

const STATUS: Readonly<Record<string, 401 | 403 | 404 | 413 | 415 | 421 | 429 | 503>> = {
  "not-joined": 401,
  "code-wrong": 403,
  "origin-foreign": 403,
  "channel-closed": 403,
  "role-needed": 403,
  "metrics-closed": 403,
  "not-yours": 403,
  "not-found": 404,
  "request-too-large": 413,
  "content-type": 415,
  "host-unknown": 421,
  "code-tries": 429,
  "too-fast": 429,
  "streams-many": 429,
  stopping: 503,
};

function addressOf(context: Context): string {
  return getConnInfo(context).remote.address ?? "unknown";
}
