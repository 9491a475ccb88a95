/**
 * The numbers of the platform in one place. Each is documented on the page that the README's table names.
 * Lengths are in characters, times in milliseconds, sizes in bytes.
 */
export const limits = {
  message: { content: 2000, embeds: 10, files: 10, nonce: 25, stickers: 3, bodyBytes: 25 * 1024 * 1024 },
  file: { bytes: 10 * 1024 * 1024, description: 1024 },
  embed: {
    title: 256,
    description: 4096,
    fields: 25,
    fieldName: 256,
    fieldValue: 1024,
    footer: 2048,
    author: 256,
    total: 6000,
  },
  mentions: { listed: 100 },
  components: {
    rows: 5,
    buttonsInRow: 5,
    customId: 100,
    buttonLabel: 80,
    url: 512,
    selectOptions: 25,
    selectText: 100,
    placeholder: 150,
  },
  modal: { title: 45, components: 5, label: 45, labelDescription: 100, input: 4000, inputPlaceholder: 100 },
  command: {
    name: 32,
    description: 100,
    options: 25,
    choices: 25,
    choiceName: 100,
    choiceValue: 100,
    stringLength: 6000,
    total: 8000,
    chatInput: 100,
    contextMenu: 15,
    createsPerDay: 200,
  },
  interaction: { firstResponseMs: 3_000, tokenLifeMs: 15 * 60_000, nonceMemoryMs: 5 * 60_000 },
  thread: { name: 100, members: 1000, archiveMinutes: [60, 1440, 4320, 10080], slowmodeSeconds: 21_600 },
  gateway: {
    heartbeatIntervalMs: 41_250,
    payloadBytes: 4096,
    sendsPerMinute: 120,
    identifyWindowMs: 5_000,
    resumeWindowMs: 3 * 60_000,
  },
  rest: { globalPerSecond: 50, invalidPerWindow: 10_000, invalidWindowMs: 10 * 60_000 },
} as const;
