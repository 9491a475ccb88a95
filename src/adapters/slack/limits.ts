/** Slack's numbers that Cloze renders and paces by. Characters unless another unit is named. */

/** docs.slack.dev/reference/block-kit/blocks */
export const BLOCKS = 50;
export const HEADER = 150;
export const BUTTON_TEXT = 75;
export const BUTTON_VALUE = 2_000;
export const BUTTON_URL = 3_000;
export const ALT_TEXT = 2_000;
export const PLACEHOLDER = 150;
export const OPTION_TEXT = 75;
export const OPTION_VALUE = 150;
export const OPTIONS = 100;
export const CONTEXT_TEXT = 3_000;
export const TABLE = { rows: 100, columns: 20, characters: 10_000 };
/**
 * All texts of one message together. No page states Slack's limit; reports of `msg_blocks_too_long` begin at
 * 11,341.
 */
export const PAGE_TEXT = 9_000;
/** One run of text, so that long texts can be divided among messages. */
export const RUN_TEXT = 2_900;
/** After so many messages the rest of a reply travels as a file. */
export const PAGES = 5;
/** The notification's text; chat.update refuses more than 4,000. */
export const FALLBACK_TEXT = 300;

/** docs.slack.dev/reference/views */
export const VIEW_TITLE = 24;
export const TEXT_INPUT = 3_000;
export const INPUT_LABEL = 2_000;
/** Blocks of a home tab or a modal. */
export const VIEW_BLOCKS = 100;

/** docs.slack.dev/reference/methods/files.getUploadURLExternal */
export const FILE_ALT_TEXT = 1_000;

/** docs.slack.dev/interactivity/handling-user-interaction */
export const RESPONSE_URL = { uses: 5, lifeMs: 30 * 60_000 };

/** docs.slack.dev/reference/methods/conversations.open */
export const GROUP_USERS = 8;

/** Shortest time between two states of one message that is still being written, in milliseconds. */
export const EDIT_INTERVAL_MS = 1_200;

/**
 * Calls a minute by method: docs.slack.dev/apis/web-api/rate-limits. chat.postMessage is counted a channel:
 * one a second with a short burst.
 */
export const CALLS_PER_MINUTE: Readonly<Record<string, number>> = {
  "chat.update": 50,
  "chat.delete": 50,
  "chat.postEphemeral": 100,
  "chat.startStream": 20,
  "chat.appendStream": 100,
  "chat.stopStream": 20,
  "conversations.open": 50,
  "conversations.join": 50,
  "conversations.info": 50,
  "conversations.history": 50,
  "conversations.replies": 50,
  "users.info": 100,
  "usergroups.users.list": 20,
  "files.getUploadURLExternal": 100,
  "files.completeUploadExternal": 100,
  "views.open": 100,
  "views.update": 100,
  "views.publish": 100,
  "team.info": 50,
};
export const POSTS = { burst: 3, perSecond: 1 };
/**
 * Of chat.update's and chat.appendStream's calls a minute, the share that states in between may take: the rest
 * is for last states and for polls.
 */
export const SHARE_FOR_STATES_BETWEEN = 0.6;
