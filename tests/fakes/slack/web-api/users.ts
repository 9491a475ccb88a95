import { asString } from "../json.ts";
import { type Method, SlackError } from "./method.ts";

export const USER_METHODS: readonly Method[] = [
  {
    name: "users.info",
    tier: 4,
    token: "bot",
    scopes: ["users:read"],
    required: ["user"],
    run({ args, services: { world } }) {
      const user = world.users.get(asString(args.user));
      if (!user) throw new SlackError("user_not_found");
      return {
        user: {
          id: user.id,
          team_id: world.team.id,
          name: user.name,
          deleted: user.deleted,
          real_name: user.realName,
          is_bot: user.isBot,
          is_admin: user.admin,
          is_owner: false,
          profile: { real_name: user.realName, display_name: user.realName },
        },
      };
    },
  },
  {
    name: "usergroups.list",
    tier: 2,
    token: "bot",
    scopes: ["usergroups:read"],
    required: [],
    run({ services: { world } }) {
      return {
        usergroups: [...world.userGroups.values()].map(({ id, handle }) => ({ id, handle, name: handle })),
      };
    },
  },
  {
    name: "usergroups.users.list",
    tier: 2,
    token: "bot",
    scopes: ["usergroups:read"],
    required: ["usergroup"],
    run({ args, services: { world } }) {
      const group = world.userGroups.get(asString(args.usergroup));
      if (!group) throw new SlackError("no_such_subteam");
      return { users: group.users };
    },
  },
];
