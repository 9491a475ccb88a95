import pino from "pino";
import { expect, test } from "vitest";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { withDrawnCharts } from "../../src/adapters/draw-charts.ts";
import { type Card, type ChartBlock, textCard } from "../../src/bot/cards/card.ts";
import type { ChartPictures } from "../../src/bot/charts/picture/chart-pictures.ts";
import { defineCommand } from "../../src/bot/commands/spec.ts";
import type { Dispatcher } from "../../src/bot/dispatcher.ts";
import { botRig } from "../bot/bot-rig.ts";
import { SAMPLES } from "../bot/charts/sample-charts.ts";

const BLOCK: ChartBlock = {
  type: "chart",
  chart: SAMPLES.poll,
  inWords: [{ type: "text", text: "14 and 25" }],
};
const CHART: Card = { blocks: [{ type: "text", text: "Look:" }, BLOCK] };
const MESSAGE = { channel: { platform: "slack", id: "s1" }, id: "m1" } as const;

/** A platform that keeps what reaches it, and pictures that are drawn when the test says so. */
function stage() {
  const shown: Card[] = [];
  let dispatcher: Dispatcher | undefined;
  const adapter = {
    platform: "slack",
    capabilities: {} as Adapter["capabilities"],
    messenger: {
      post: async (_channel, card) => {
        shown.push(card);
        return MESSAGE;
      },
      update: async (_message, card) => {
        shown.push(card);
      },
      direct: async (_account, card) => {
        shown.push(card);
        return MESSAGE;
      },
      openRoom: async (channel) => channel,
    },
    start: async (given) => {
      dispatcher = given;
    },
    stop: async () => {},
  } satisfies Adapter;
  const drawing: PromiseWithResolvers<Uint8Array>[] = [];
  const pictures: ChartPictures = {
    async draw({ chart }) {
      const waiting = Promise.withResolvers<Uint8Array>();
      drawing.push(waiting);
      return { type: "picture", png: await waiting.promise, fileName: `${chart.kind}.png`, alt: chart.title };
    },
    close: async () => {},
  };
  const drawn = withDrawnCharts(adapter, { pictures, theme: "light", log: pino({ level: "silent" }) });
  return { drawn, shown, drawing, dispatcher: () => dispatcher! };
}

const show = defineCommand({
  name: "show",
  description: "Shows a chart",
  options: {},
  examples: ["/show"],
  ack: "deferred",
  visibility: "channel",
  async *run() {
    yield { kind: "message", card: textCard("at once") };
    yield { kind: "message", card: CHART };
  },
});

test("a command is prepared and answers with words while nothing is drawn; its last reply bears the picture", async () => {
  const { drawn, drawing, dispatcher } = stage();
  await drawn.start(botRig({ commands: [show] }).dispatcher);
  const prepared = await dispatcher().command({
    id: "e1",
    command: "show",
    options: {},
    account: { platform: "slack", id: "ada", displayName: "Ada" },
    platformRole: "student",
    channel: { platform: "slack", id: "s1" },
    channelName: "general",
    direct: false,
  });
  if (prepared.kind === "refused") throw new Error(prepared.error.message);
  const replies = prepared.run(new AbortController().signal)[Symbol.asyncIterator]();
  expect((await replies.next()).value).toMatchObject({ card: { blocks: [{ text: "at once" }] } });
  expect(drawing).toHaveLength(0);
  const last = replies.next();
  while (drawing.length === 0) await Promise.resolve();
  drawing[0]!.resolve(new Uint8Array([1]));
  expect((await last).value).toMatchObject({
    card: { blocks: [{ text: "Look:" }, { type: "picture", fileName: "poll.png", alt: SAMPLES.poll.title }] },
  });
});

test("an update that is quick does not overtake one whose chart is still being drawn", async () => {
  const { drawn, shown, drawing } = stage();
  const first = drawn.messenger.update(MESSAGE, CHART);
  const second = drawn.messenger.update(MESSAGE, textCard("newer"));
  drawing[0]!.resolve(new Uint8Array([1]));
  await Promise.all([first, second]);
  expect(shown.map(({ blocks }) => blocks.at(-1)!.type)).toEqual(["picture", "text"]);
});

test("a chart that can't be drawn is still shown, as what adapters show in words", async () => {
  const { drawn, shown, drawing } = stage();
  const posted = drawn.messenger.post(MESSAGE.channel, CHART);
  drawing[0]!.reject(new Error("no font"));
  await posted;
  expect(shown).toEqual([CHART]);
});
