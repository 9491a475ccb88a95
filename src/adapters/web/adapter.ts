import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Card } from "../../bot/cards/card.ts";
import type { Clock } from "../../bot/clock.ts";
import type { Course, Courses } from "../../bot/course/courses.ts";
import type { Dispatcher } from "../../bot/dispatcher.ts";
import { UserError } from "../../bot/errors.ts";
import type { Account, MessageRef, Role } from "../../bot/invocation.ts";
import type { Messenger } from "../../bot/messenger.ts";
import type { Adapter } from "../adapter.ts";
import { type Classroom, openClassroom } from "./classroom.ts";
import { createConversation } from "./conversation.ts";
import { type Links, linksOf } from "./invitation.ts";
import { EDIT_INTERVAL_MS, KEEP_ALIVE_MS, LAST_EVENTS_MS } from "./limits.ts";
import { listen } from "./listen.ts";
import { accountOf, type Member, type Members, openMembers } from "./members.ts";
import type { Operation } from "./operation.ts";
import { createPage } from "./page.ts";
import { createRunning, type Running } from "./replies.ts";
import { createRoutes } from "./routes.ts";
import { openScreen } from "./screen.ts";
import { createSessions } from "./sessions.ts";
import { wireCommand } from "./wire-command.ts";

export interface WebSettings {
  /** 127.0.0.1 for this machine alone, 0.0.0.0 for the network. */
  readonly host: string;
  /** The next free one is taken when it is not free; 0 takes any. */
  readonly port: number;
  /** Where a reverse proxy shows the classroom, e.g. https://cloze.example.org. */
  readonly publicAddress?: string | undefined;
  /** The open channels, at least one. */
  readonly channels: readonly string[];
  /** Absent in tests of the classroom alone. */
  readonly operation?: Operation | undefined;
}

export interface WebAdapter extends Adapter {
  readonly platform: "web";
  /** The ways in, once started. */
  links(): Links;
  /** The code students type. */
  joinCode(): string;
  /** What opens the door or signs sessions: never to be logged. */
  secrets(): readonly string[];
}

/** What exists between start and stop. */
interface Started {
  readonly classroom: Classroom;
  readonly members: Members;
  readonly running: Running;
  readonly dispatcher: Dispatcher;
  readonly server: Server;
  readonly port: number;
  readonly drained: () => Promise<void>;
}

const RANK: Readonly<Record<Role, number>> = { student: 0, assistant: 1, teacher: 2 };

/** The local web classroom. */
export function createWebAdapter(settings: WebSettings): WebAdapter {
  let started: Started | undefined;
  let open = false;
  const here = (): Started => {
    if (!started) throw new Error("The web classroom is used before it was started.");
    return started;
  };
  const links = () => {
    const { members, port } = here();
    return linksOf(members.keys, { ...settings, port });
  };

  return {
    platform: "web",
    capabilities: {
      privateReplies: true,
      modals: true,
      rooms: "web room",
      files: true,
      autocomplete: true,
      maxOptions: Number.POSITIVE_INFINITY,
      editIntervalMs: EDIT_INTERVAL_MS,
    },
    messenger: createMessenger(here),
    links,
    joinCode: () => here().members.keys.join,
    secrets: () => {
      const { teacher, assistant, session } = here().members.keys;
      return [teacher, assistant, session];
    },
    async start(dispatcher) {
      const { services } = dispatcher;
      const classroom = await openClassroom(services, settings.channels);
      const members = await openMembers(services.store, services.clock);
      const running = createRunning(classroom, services.log);
      const offered = [...services.commands.commands.values()].filter((command) => !command.unavailable?.web);
      const wire = new Map(offered.map((command) => [command.name, wireCommand(command)]));
      const courses = coursesOf(services.courses, settings.channels);
      const course = courses.get(settings.channels[0]!);
      const roleOf = async (member: Member) =>
        course ? (await services.roster.person(course.id, accountOf(member), member.role)).role : member.role;
      const secure = settings.publicAddress?.startsWith("https:") ?? false;
      const page = createPage();
      const { app, drained } = createRoutes({
        dispatcher,
        classroom,
        members,
        running,
        page,
        links,
        sessions: createSessions(members, services.clock, secure),
        conversation: createConversation(dispatcher, classroom, members, running, [...wire.values()]),
        async commandsFor(member: Member) {
          const role = await roleOf(member);
          return offered
            .filter((command) => RANK[role] >= RANK[command.role ?? "student"])
            .map(({ name }) => wire.get(name)!);
        },
        roleOf,
        courses,
        channel: settings.channels[0]!,
        screen: await openScreen({ services, classroom, members, links, courses }),
        courseName: course?.name ?? "Cloze",
        publicAddress: settings.publicAddress,
        operation: settings.operation,
        open: () => open,
      });
      // HTTP/1.1: server-sent events need no more, and a reverse proxy may speak HTTP/2 to browsers.
      const server = createAdaptorServer({ fetch: app.fetch }) as Server;
      // Longer than browsers and proxies keep a connection, so that none is closed under a request.
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      const port = await listen(server, settings.host, settings.port);
      started = { classroom, members, running, dispatcher, server, port, drained };
      open = true;
    },
    async stop(graceMs) {
      if (!started) return;
      const { classroom, running, dispatcher, server, drained } = started;
      const { clock } = dispatcher.services;
      open = false;
      await within(clock, graceMs, running.idle());
      running.interruptAll();
      await running.idle();
      await classroom.close();
      // The last states still go out; a reader that takes nothing is not waited for.
      await within(clock, LAST_EVENTS_MS, drained());
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      started = undefined;
    },
  };
}

/** The open channels that belong to a course, with it. */
function coursesOf(courses: Courses, channels: readonly string[]): ReadonlyMap<string, Course> {
  return new Map(
    channels.flatMap((id) => {
      const course = courses.forChannel({ platform: "web", id });
      return course ? [[id, course] as const] : [];
    }),
  );
}

/** Waits for `work`, at most `ms` of the clock's time. */
async function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  if (ms <= 0) return;
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, over]);
  cancel();
}

function createMessenger(here: () => Started): Messenger {
  const ref = (channel: string, id: string): MessageRef => ({
    channel: { platform: "web", id: channel },
    id,
  });

  async function post(channel: string, card: Card, key?: string): Promise<MessageRef> {
    const { classroom } = here();
    const earlier = key === undefined ? undefined : classroom.byKey(key);
    if (earlier) return ref(channel, earlier.id);
    const { message, saved } = classroom.add({
      channel,
      card,
      state: "done",
      ...(key === undefined ? {} : { key }),
    });
    await saved;
    return ref(channel, message.id);
  }

  return {
    async post({ id }, card, { dedupeKey } = {}) {
      if (!here().classroom.channels.exists(id)) {
        throw new UserError("channel-unknown", `The web classroom has no channel "${id}" any more.`, { id });
      }
      return post(id, card, dedupeKey === undefined ? undefined : `post/${id}/${dedupeKey}`);
    },
    async update({ id }, card) {
      const { classroom } = here();
      if (!classroom.message(id)) {
        throw new UserError("message-gone", "This message has left the classroom's history.", { id });
      }
      await classroom.edit(id, { card }, false);
    },
    async direct(account: Account, card) {
      const { classroom, members } = here();
      if (!members.get(account.id)) {
        throw new UserError("direct-closed", `${account.displayName} is not in the web classroom.`, {
          account: account.id,
        });
      }
      return post(classroom.channels.direct(account.id), card);
    },
    async openRoom(channel, accounts, title) {
      const { classroom, members } = here();
      const outside = accounts.filter(({ platform, id }) => platform !== "web" || !members.get(id));
      if (outside.length > 0) {
        throw new UserError(
          "rooms-unavailable",
          `${outside.map(({ displayName }) => displayName).join(", ")} can't enter a room of the web classroom. Use a room where all of them are.`,
        );
      }
      const { id } = await classroom.openRoom(
        title,
        accounts.map((account) => account.id),
        channel.id,
      );
      return { platform: "web", id };
    },
  };
}
