/** Every bound of the web classroom in one place. */

/** A request's body; the longest prompt is far below. */
export const BODY_BYTES = 64 * 1024;
/** A command's body, which may hold a file's text. */
export const COMMAND_BYTES = 1024 * 1024;
/** Messages kept in one channel; the oldest go first. */
export const MESSAGES_PER_CHANNEL = 500;
/** Rooms for a few people; the one that was silent for longest goes first, with its messages. */
export const ROOMS = 400;
/** Messages of a channel that a new page is given at once; the rest is asked for by scrolling up. */
export const FIRST_MESSAGES = 60;
export const PAGE_MESSAGES = 60;
/** Shortest time between two sent states of one message, in milliseconds. */
export const EDIT_INTERVAL_MS = 60;
/** Shortest time between two saved states of a message that is still being written. */
export const SAVE_INTERVAL_MS = 1_000;
/** How long an idle connection is kept. */
export const KEEP_ALIVE_MS = 75_000;
/** Keeps proxies from closing a silent stream. */
export const HEARTBEAT_MS = 20_000;
/** How long a stop waits for readers to take the last events. */
export const LAST_EVENTS_MS = 2_000;
/** Shortest time between two counts of who is here. */
export const COUNT_INTERVAL_MS = 1_000;
/** What one person may send a minute, commands and button presses included. */
export const REQUESTS_PER_MINUTE = 120;
/** Everything one person's browsers may ask for a minute. */
export const CALLS_PER_MINUTE = 1_500;
/** Wrong join codes from one address, and from all together, a minute. */
export const WRONG_CODES_PER_ADDRESS = 20;
export const WRONG_CODES_ALTOGETHER = 300;
export const NAME_CHARACTERS = 40;
export const SAID_CHARACTERS = 8_000;
/** A longer text of a file is not shown with the command that it was given to. */
export const SHOWN_CHARACTERS = 300;
export const MEMBERS = 5_000;
/** Answers kept so that a request sent twice is done once. */
export const REMEMBERED_REQUESTS = 2_000;
/** Streams one person may hold open: tabs and devices. */
export const STREAMS_PER_PERSON = 12;
export const SESSION_SECONDS = 180 * 24 * 3600;
/** What one person may ask the playground for a minute. */
export const PLAYGROUND_PER_MINUTE = 60;
/** Of these, what runs a whole demonstration: words that are clicked on one after the other are many. */
export const PLAYGROUND_RUNS_PER_MINUTE = 20;
/** Tokens that may be chosen after a prompt, one by one. */
export const CHOSEN_TOKENS = 500;
