import type { App } from "@slack/bolt";
import { publishHome } from "./home.ts";
import type { Hub } from "./hub.ts";

/** Events that nobody waits for. */
export function listenToEvents(app: App, hub: Hub): void {
  const { log, running, once } = hub;

  /** Slack repeats events, also after a restart: each is handled once. */
  const handled = async (body: { event_id?: string }): Promise<boolean> =>
    body.event_id === undefined || (await once.first(`event/${body.event_id}`));

  app.event("app_home_opened", async ({ event, body }) => {
    if (event.tab !== "home" || !(await handled(body))) return;
    await refreshHome(hub, event.user);
  });

  for (const name of ["channel_archive", "channel_left", "group_archive", "group_left"] as const) {
    app.event(name, async ({ event }) => running.leave(event.channel));
  }

  app.event("app_uninstalled", async ({ body }) => {
    if (await handled(body))
      log.error("the Slack app was removed from the workspace: install it again to go on");
  });
  app.event("tokens_revoked", async ({ body }) => {
    if (await handled(body)) {
      log.error(
        'the Slack app\'s tokens were revoked: install it again and copy SLACK_BOT_TOKEN from "OAuth & Permissions"',
      );
    }
  });
}

export async function refreshHome(
  { calls, dispatcher, names, people, log }: Hub,
  userId: string,
): Promise<void> {
  try {
    await publishHome(calls, dispatcher.services, names, await people.account(userId));
  } catch (error) {
    log.warn({ err: error, user: userId }, "a home tab could not be published");
  }
}
