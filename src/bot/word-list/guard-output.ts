import type { Engine } from "../../engine/engine.ts";
import type { Course, Courses } from "../course/courses.ts";
import { UserError } from "../errors.ts";
import type { ChannelRef, Person, Reply } from "../invocation.ts";
import type { Messenger } from "../messenger.ts";
import { hideListedWords } from "./hide-listed-words.ts";

/** What one command or button shows of what models write, under its course's word list. */
export interface OutputGuard {
  /** Writes with the list "classroom" unless the request says otherwise, which only a teacher's may. */
  readonly engine: Engine;
  /** The reply with listed words blacked out; not after the teacher has switched the list off for it. */
  check(reply: Reply): Reply;
}

export function guardOutput(engine: Engine, course: Course, { role }: Person): OutputGuard {
  if (course.wordList === false) return { engine, check: (reply) => reply };
  let isOff = false;
  const generate: Engine["generate"] = (request, signal) => {
    const { wordList = "classroom" } = request.settings;
    if (wordList === "off") {
      if (role !== "teacher") {
        throw new UserError(
          "word-list-teacher",
          "Only the teacher can switch the word list off. Leave word-list out.",
          { role },
        );
      }
      isOff = true;
    }
    return engine.generate({ ...request, settings: { ...request.settings, wordList } }, signal);
  };
  return {
    engine: Object.create(engine, { generate: { value: generate, enumerable: true } }) as Engine,
    check: (reply) => (isOff || !("card" in reply) ? reply : { ...reply, card: hideListedWords(reply.card) }),
  };
}

/** Blacks out listed words in what is posted without being asked for: counts, results, reviews, notes. */
export function guardMessages(messenger: Messenger, courses: Courses): Messenger {
  // A room or a direct message is no configured channel: any course with the list is reason enough.
  const usesList = (channel?: ChannelRef) => {
    const course = channel && courses.forChannel(channel);
    return course ? course.wordList !== false : courses.all().some(({ wordList }) => wordList !== false);
  };
  return {
    post: async (channel, card, options) =>
      messenger.post(channel, usesList(channel) ? hideListedWords(card) : card, options),
    update: async (message, card) =>
      messenger.update(message, usesList(message.channel) ? hideListedWords(card) : card),
    direct: async (account, card) => messenger.direct(account, usesList() ? hideListedWords(card) : card),
    openRoom: async (channel, accounts, title) => messenger.openRoom(channel, accounts, title),
  };
}
