import type { Logger } from "pino";
import type { ChartPictures } from "../bot/charts/picture/chart-pictures.ts";
import type { Config } from "../config.ts";
import type { Adapter } from "./adapter.ts";
import { withDrawnCharts } from "./draw-charts.ts";

/** The adapters of the chat platforms whose tokens are set. Each client library is loaded only when it is used. */
export async function createChatAdapters(
  { discord, slack }: Config,
  drawing: { readonly pictures: ChartPictures; readonly log: Logger },
): Promise<Adapter[]> {
  const adapters: Adapter[] = [];
  if (discord) {
    const { createDiscordAdapter } = await import("./discord/adapter.ts");
    // In the colours that each platform begins with.
    adapters.push(withDrawnCharts(createDiscordAdapter(discord), { ...drawing, theme: "dark" }));
  }
  if (slack) {
    const { createSlackAdapter } = await import("./slack/adapter.ts");
    const { commandSettings } = await import("./slack/settings.ts");
    const { commandPrefix, ...rest } = slack;
    const adapter = createSlackAdapter({ ...rest, commands: commandSettings(commandPrefix) });
    adapters.push(withDrawnCharts(adapter, { ...drawing, theme: "light" }));
  }
  return adapters;
}
