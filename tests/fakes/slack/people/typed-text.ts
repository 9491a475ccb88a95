import type { World } from "../world.ts";

/**
 * What the app receives of a command's text: `&`, `<` and `>` as entities and, with `shouldEscape`, mentions,
 * channels and addresses in Slack's angle brackets.
 */
export function escapeTyped(world: World, typed: string, shouldEscape: boolean): string {
  const text = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  if (!shouldEscape) return text;
  return text
    .replace(/@([a-z0-9._-]+)/gi, (whole, name: string) => {
      if (["here", "channel", "everyone"].includes(name)) return `<!${name}>`;
      const user = [...world.users.values()].find((candidate) => candidate.name === name);
      const group = [...world.userGroups.values()].find((candidate) => candidate.handle === name);
      if (user) return `<@${user.id}|${user.name}>`;
      return group ? `<!subteam^${group.id}|@${name}>` : whole;
    })
    .replace(/#([a-z0-9_-]+)/gi, (whole, name: string) => {
      const channel = [...world.channels.values()].find((candidate) => candidate.name === name);
      return channel ? `<#${channel.id}|${channel.name}>` : whole;
    })
    .replace(/https?:\/\/[^\s<>|]+/g, (url) => `<${url}>`);
}
