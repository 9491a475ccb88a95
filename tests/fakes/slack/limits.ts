/**
 * Slack's numbers in one place. Each is documented on the page the README names for its rule; those that no
 * page states are marked "observed".
 */
export const LIMITS = {
  /** Characters unless another unit is named. */
  text: 3000,
  blockId: 255,
  actionId: 255,
  blocksInMessage: 50,
  blocksInView: 100,
  section: { text: 3000, fields: 10, field: 2000 },
  header: 150,
  context: 10,
  actions: 25,
  input: { label: 2000, hint: 2000 },
  image: { url: 3000, alt: 2000, title: 2000 },
  markdownTotal: 12_000,
  table: { rows: 100, columns: 20, total: 10_000 },
  button: { text: 75, value: 2000, url: 3000, accessibilityLabel: 75 },
  confirm: { title: 100, text: 300, confirm: 30, deny: 30 },
  option: { text: 75, value: 150, description: 75, url: 3000 },
  optionGroup: { label: 75, options: 100 },
  select: { placeholder: 150, options: 100, groups: 100 },
  overflow: 5,
  checkboxes: 10,
  radioButtons: 10,
  plainTextInput: 3000,
  view: {
    title: 24,
    submit: 24,
    close: 24,
    callbackId: 255,
    externalId: 255,
    privateMetadata: 3000,
    /** Bytes of JSON. */
    size: 250_000,
    stack: 3,
  },
  message: {
    /** Longer text is cut with the warning `message_truncated`. */
    truncatedAt: 40_000,
    updateText: 4000,
    markdownText: 12_000,
    /** Observed: the sum of all texts in the blocks; reports of refusals start at 11,341. */
    blocksTotal: 11_000,
    /** Observed: characters of JSON. */
    metadata: 8000,
    attachments: 100,
  },
  file: { altText: 1000 },
  conversationUsers: 8,
  trigger: { lifeMs: 3000 },
  responseUrl: { uses: 5, lifeMs: 30 * 60_000 },
  ack: { deadlineMs: 3000 },
  /** When an event that was not acknowledged comes again, after each failure. */
  eventRetryDelaysMs: [0, 60_000, 300_000],
  socket: { connections: 10, ticketLifeMs: 30_000, warningBeforeCloseMs: 10_000 },
  manifest: {
    name: 35,
    description: 140,
    longDescription: { min: 174, max: 4000 },
    botName: 80,
    commands: 50,
    command: 32,
    commandDescription: 2000,
    usageHint: 1000,
    shortcuts: 10,
    shortcutName: 24,
    shortcutDescription: 150,
    callbackId: 255,
    scopes: 255,
    botEvents: 100,
  },
} as const;

/** Calls a minute that each tier allows per method, workspace and app. */
export const TIER_CALLS_PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
export type Tier = keyof typeof TIER_CALLS_PER_MINUTE | "special" | "post-message";

/**
 * chat.postMessage: one a second and channel, "short bursts" allowed, "several hundred a minute" in all. The
 * documentation gives the burst no number; this is the fake's, and a test may set it lower.
 */
export const POST_MESSAGE = { perSecond: 1, burst: 4, perMinute: 300 } as const;
/** "Hundreds of requests per minute". */
export const SPECIAL_CALLS_PER_MINUTE = 600;
