import { APP_METHODS } from "./app-methods.ts";
import { CHAT_CHANGE_METHODS } from "./chat-change.ts";
import { CHAT_POST_METHODS } from "./chat-post.ts";
import { CHAT_STREAM_METHODS } from "./chat-stream.ts";
import { CONVERSATION_METHODS } from "./conversations.ts";
import { FILE_METHODS } from "./files.ts";
import type { Method } from "./method.ts";
import { USER_METHODS } from "./users.ts";
import { VIEW_METHODS } from "./views.ts";

/** The Web API methods that the fake knows; others answer `unknown_method`. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...APP_METHODS,
    ...CHAT_POST_METHODS,
    ...CHAT_CHANGE_METHODS,
    ...CHAT_STREAM_METHODS,
    ...CONVERSATION_METHODS,
    ...USER_METHODS,
    ...VIEW_METHODS,
    ...FILE_METHODS,
  ].map((method) => [method.name, method]),
);
