/**
 * Discord's numbers and ours, in one place. Lengths are in UTF-16 code units, times in milliseconds.
 * Source: Discord's developer documentation (Message Resource, Component Reference, Application Commands,
 * Receiving and Responding).
 */
export const LIMITS = {
  content: 2_000,
  rows: 5,
  buttonsInRow: 5,
  buttonLabel: 80,
  customId: 100,
  /** Of a link button. */
  url: 512,
  selectText: 100,
  selectPlaceholder: 150,
  selectChoices: 25,
  files: 10,
  fileBytes: 10 * 1024 * 1024,
  altText: 1_024,
  modalTitle: 45,
  modalLabel: 45,
  modalPlaceholder: 100,
  modalInput: 4_000,
  modalFields: 5,
  options: 25,
  choices: 25,
  choiceText: 100,
  commandName: 32,
  description: 100,
  commandTotal: 8_000,
  stringLength: 6_000,
  threadName: 100,
  nonce: 25,
} as const;

/** A reply of more messages than this goes on in an attached file. */
export const MOST_MESSAGES = 5;
/** Shortest time between two edits of one message: the edit bucket is of the order of 5 in 5 s. */
export const EDIT_INTERVAL_MS = 1_000;
/** Discord allows 3 s for the first response; what is not answered by then is acknowledged without content. */
export const ACKNOWLEDGE_AFTER_MS = 1_500;
/** A connection lost for longer is told to the channels in use, for presses meanwhile did not arrive. */
export const NOTICEABLE_GAP_MS = 10_000;
