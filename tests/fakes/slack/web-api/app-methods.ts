import { isObject } from "../json.ts";
import { checkManifest } from "../manifest.ts";
import { type Method, SlackError } from "./method.ts";

export const APP_METHODS: readonly Method[] = [
  {
    name: "auth.test",
    tier: "special",
    token: "bot",
    scopes: [],
    required: [],
    run({ token, services: { world } }) {
      const { team, app } = world;
      // An app-level token is nobody's: it names the app.
      if (token === "app") return { app_id: app.id, app_name: app.name };
      return {
        url: `https://${team.domain}.slack.com/`,
        team: team.name,
        user: app.name.toLowerCase(),
        team_id: team.id,
        user_id: app.botUserId,
        bot_id: app.botId,
        is_enterprise_install: false,
      };
    },
  },
  {
    name: "team.info",
    tier: 3,
    token: "bot",
    scopes: ["team:read"],
    required: [],
    run: ({ services: { world } }) => ({ team: { ...world.team, email_domain: "" } }),
  },
  {
    name: "apps.connections.open",
    tier: 3,
    token: "app",
    scopes: ["connections:write"],
    required: [],
    run({ services }) {
      if (services.world.options.app.socketMode === false) throw new SlackError("socket_mode_not_enabled");
      return { url: services.socketMode.newUrl() };
    },
  },
  {
    name: "apps.manifest.validate",
    tier: 3,
    token: "config",
    scopes: [],
    required: ["manifest"],
    json: ["manifest"],
    run({ args }) {
      if (!isObject(args.manifest)) throw new SlackError("invalid_manifest");
      const errors = checkManifest(args.manifest);
      if (errors.length > 0) throw new SlackError("invalid_manifest", { errors });
      return { errors: [] };
    },
  },
];
