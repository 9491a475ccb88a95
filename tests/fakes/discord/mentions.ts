import { PermissionFlagsBits as P } from "discord-api-types/v10";
import type { Form, Path } from "./form.ts";
import { limits } from "./limits.ts";
import { permissionsIn } from "./permissions.ts";
import type { ChannelRecord, Pings, World } from "./world.ts";

export interface AllowedMentions {
  parse?: string[];
  users?: string[];
  roles?: string[];
  replied_user?: boolean;
}

const kinds = ["roles", "users", "everyone"] as const;

/** Source: Message Resource, "Allowed Mentions Object". */
export function checkAllowedMentions(form: Form, path: Path, value: unknown): void {
  if (!form.object(path, value, true)) return;
  const { parse, users, roles } = value;
  if (form.list([...path, "parse"], parse, { optional: true })) {
    parse.forEach((kind, i) => {
      form.oneOf([...path, "parse", i], kind, kinds);
    });
    for (const [kind, listed] of [
      ["users", users],
      ["roles", roles],
    ] as const) {
      if (parse.includes(kind) && Array.isArray(listed) && listed.length > 0)
        form.fail(
          path,
          "MUTUALLY_EXCLUSIVE",
          `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
        );
    }
  }
  form.list([...path, "users"], users, { max: limits.mentions.listed, optional: true });
  form.list([...path, "roles"], roles, { max: limits.mentions.listed, optional: true });
}

/** Mentions inside code spans and blocks notify nobody. A backslash does not stop a mention. */
const withoutCode = (content: string): string => content.replace(/```[\s\S]*?```|``[^`]*``|`[^`\n]*`/g, " ");

/**
 * Who the text notifies: the mentions it contains, narrowed by `allowed_mentions` and by the author's permission.
 * @param fallback What is parsed when the request has no `allowed_mentions`: everything in regular messages, only
 *   users in responses to interactions.
 */
export function pingsOf(
  world: World,
  channel: ChannelRecord,
  authorId: string,
  content: string,
  allowed: AllowedMentions | undefined,
  fallback: readonly string[],
): Pings {
  const text = withoutCode(content);
  const parse = allowed ? (allowed.parse ?? []) : fallback;
  const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  const mayAll = !!guild && (permissionsIn(world, guild, channel, authorId) & P.MentionEveryone) !== 0n;
  const ids = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map((m) => m[1]!))];
  const pick = (found: string[], kind: string, listed: string[] | undefined): string[] =>
    found.filter((id) => parse.includes(kind) || listed?.includes(id));
  return {
    everyone: mayAll && parse.includes("everyone") && /@(everyone|here)/.test(text),
    users: pick(ids(/<@!?(\d+)>/g), "users", allowed?.users).filter((id) => world.users.has(id)),
    roles: pick(ids(/<@&(\d+)>/g), "roles", allowed?.roles).filter((id) => mayAll && guild?.roles.has(id)),
  };
}

export const noPings: Pings = { everyone: false, users: [], roles: [] };
