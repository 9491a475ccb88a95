import { describe, expect, test } from "vitest";
import { refusal, setUp } from "./setup.ts";

describe("conversations", () => {
  test("open to one user as direct messages, to several as a group; the same people find the same group", async () => {
    const { slack, web } = await setUp();
    const [a, b] = ["student-1", "student-2"].map((name) => slack.user(name).user.id);
    const open = (users: string) => web.conversations.open({ users });
    expect((await open(a!)).channel?.id).toBe(slack.user("student-1").direct.channel.id);
    const group = await open(`${a},${b}`);
    expect((await open(`${b},${a}`)).channel?.id).toBe(group.channel?.id);
    expect(slack.world.channels.get(group.channel!.id!)?.kind).toBe("mpim");
  });

  test("open to at most eight users: too_many_users", async () => {
    const { slack, web } = await setUp();
    const ids = Array.from({ length: 8 }, (_, i) => slack.user(`extra-${i + 1}`).user.id);
    expect((await web.conversations.open({ users: ids.join(",") })).ok).toBe(true);
    const nine = [...ids, slack.user("teacher").user.id].join(",");
    expect((await refusal(web.conversations.open({ users: nine }))).error).toBe("too_many_users");
  });

  test("open to nobody, to strangers or to the deactivated not at all", async () => {
    const { slack, web } = await setUp();
    const open = (args: object) => refusal(web.apiCall("conversations.open", { ...args }));
    expect((await open({})).error).toBe("users_list_not_supplied");
    expect((await open({ users: slack.world.app.botUserId })).error).toBe("not_enough_users");
    expect((await open({ users: "U0" })).error).toBe("user_not_found");
    expect((await open({ users: slack.user("gone").user.id })).error).toBe("user_disabled");
  });

  test("a group needs mpim:write, direct messages need im:write: missing_scope", async () => {
    const { slack, web } = await setUp({ app: { scopes: ["groups:write"] } });
    const [a, b] = ["student-1", "student-2"].map((name) => slack.user(name).user.id);
    expect(await refusal(web.conversations.open({ users: a! }))).toMatchObject({ needed: "im:write" });
    expect(await refusal(web.conversations.open({ users: `${a},${b}` }))).toMatchObject({
      needed: "mpim:write",
    });
  });

  test("only public channels can be joined: method_not_supported_for_channel_type", async () => {
    const { slack, web } = await setUp();
    const join = (channel: string) => web.conversations.join({ channel });
    expect((await join(slack.channel("elsewhere").channel.id)).ok).toBe(true);
    const again = await join(slack.channel("elsewhere").channel.id);
    expect(again.warning).toBe("already_in_channel");
    expect((await refusal(join(slack.channel("staff").channel.id))).error).toBe(
      "method_not_supported_for_channel_type",
    );
  });

  test("members come in pages", async () => {
    const { web, general } = await setUp();
    const first = await web.conversations.members({ channel: general, limit: 10 });
    expect(first.members).toHaveLength(10);
    const cursor = first.response_metadata!.next_cursor!;
    const second = await web.conversations.members({ channel: general, limit: 10, cursor });
    expect(second.members).toHaveLength(3);
    expect(second.response_metadata?.next_cursor).toBe("");
  });

  test("a history needs the scope of its kind of channel, and membership", async () => {
    const { slack, web } = await setUp({ app: { scopes: ["channels:history"] } });
    const history = (name: string) =>
      refusal(web.conversations.history({ channel: slack.channel(name).channel.id }));
    expect(await history("staff")).toMatchObject({ error: "missing_scope", needed: "groups:history" });
    expect((await history("elsewhere")).error).toBe("not_in_channel");
  });

  test("a history comes newest first and in pages; replies come oldest first", async () => {
    const { web, clock, general } = await setUp();
    const posted: string[] = [];
    for (const text of ["a", "b", "c"]) {
      posted.push((await web.chat.postMessage({ channel: general, text })).ts!);
      await clock.advance(1000);
    }
    await web.chat.postMessage({ channel: general, text: "reply", thread_ts: posted[0]! });
    const first = await web.conversations.history({ channel: general, limit: 2 });
    expect(first.messages?.map((message) => message.text)).toEqual(["c", "b"]);
    const cursor = first.response_metadata!.next_cursor!;
    const second = await web.conversations.history({ channel: general, limit: 2, cursor });
    expect(second.messages?.map((message) => message.text)).toEqual(["a"]);
    const thread = await web.conversations.replies({ channel: general, ts: posted[0]! });
    expect(thread.messages?.map((message) => message.text)).toEqual(["a", "reply"]);
    expect((await refusal(web.conversations.replies({ channel: general, ts: "1.000000" }))).error).toBe(
      "thread_not_found",
    );
    const after = await web.conversations.history({ channel: general, oldest: posted[1]! });
    expect(after.messages?.map((message) => message.text)).toEqual(["c"]);
  });
});

describe("users and groups", () => {
  test("users.info names people, and refuses strangers: user_not_found", async () => {
    const { slack, web } = await setUp();
    const answer = await web.users.info({ user: slack.user("student-1").user.id });
    expect(answer.user).toMatchObject({ name: "student-1", real_name: "Ada", deleted: false });
    expect((await refusal(web.users.info({ user: "U0" }))).error).toBe("user_not_found");
  });

  test("usergroups.users.list names a group's people, and refuses what is none: no_such_subteam", async () => {
    const { slack, web } = await setUp();
    const groups = await web.usergroups.list();
    const usergroup = groups.usergroups![0]!.id!;
    expect((await web.usergroups.users.list({ usergroup })).users).toEqual([slack.user("teacher").user.id]);
    expect((await refusal(web.usergroups.users.list({ usergroup: "S0" }))).error).toBe("no_such_subteam");
  });

  test("team.info names the workspace", async () => {
    const { web } = await setUp();
    expect((await web.team.info()).team).toMatchObject({ name: "NLP course", domain: "nlp-course" });
  });
});
