import type { Deliveries } from "./delivery/deliveries.ts";
import type { ResponseUrls } from "./delivery/response-urls.ts";
import type { SocketMode } from "./delivery/socket-mode.ts";
import type { Triggers } from "./delivery/triggers.ts";
import type { Timeline } from "./timeline.ts";
import type { World } from "./world.ts";

/** The parts of the fake, wired once in slack.ts. */
export interface Services {
  readonly world: World;
  readonly timeline: Timeline;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly socketMode: SocketMode;
  readonly deliveries: Deliveries;
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
}
