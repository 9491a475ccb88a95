import { describe, expect, test } from "vitest";
import { mrkdwn, plain, refusal, setUp } from "./setup.ts";

type Blocks = Record<string, unknown>[];

const x = (length: number) => "x".repeat(length);
const list = <T>(length: number, item: (index: number) => T) => Array.from({ length }, (_, i) => item(i));
const button = (over: object = {}) => ({ type: "button", text: plain("Go"), action_id: "go", ...over });
const option = (over: object = {}) => ({ text: plain("One"), value: "1", ...over });
const select = (over: object = {}) => ({
  type: "static_select",
  action_id: "pick",
  options: [option()],
  ...over,
});
const actions = (...elements: object[]) => [{ type: "actions", elements }];
const section = (over: object = {}) => [{ type: "section", text: mrkdwn("hi"), ...over }];
const input = (element: object) => [{ type: "input", label: plain("Name"), element }];
const table = (rows: number, columns: number, cell = "x") => ({
  type: "table",
  rows: list(rows, () => list(columns, () => ({ type: "raw_text", text: cell }))),
});

/** Each breaks one rule of Block Kit: what Slack says, and at which place. */
const BROKEN: readonly [rule: string, blocks: Blocks, message: string][] = [
  [
    "51 blocks in a message",
    list(51, () => ({ type: "divider" })),
    "no more than 50 items allowed [json-pointer:/blocks]",
  ],
  [
    "a block of an unknown type",
    [{ type: "banner" }],
    "unsupported type: banner [json-pointer:/blocks/0/type]",
  ],
  [
    "two blocks with one block_id",
    [
      { type: "divider", block_id: "a" },
      { type: "divider", block_id: "a" },
    ],
    '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    "a block_id of 256 characters",
    [{ type: "divider", block_id: x(256) }],
    "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
  ],
  [
    "a property that Slack does not know",
    [{ type: "divider", color: "red" }],
    "invalid additional property: color [json-pointer:/blocks/0]",
  ],
  [
    "a section without text or fields",
    [{ type: "section" }],
    "missing required field: text [json-pointer:/blocks/0]",
  ],
  [
    "a text of 3,001 characters",
    section({ text: mrkdwn(x(3001)) }),
    "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "an empty text",
    section({ text: mrkdwn("") }),
    "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "11 fields",
    section({ fields: list(11, () => mrkdwn("a")) }),
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  ],
  [
    "a field of 2,001 characters",
    section({ fields: [mrkdwn(x(2001))] }),
    "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
  ],
  [
    "a header of 151 characters",
    [{ type: "header", text: plain(x(151)) }],
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "a header with markup",
    [{ type: "header", text: mrkdwn("hi") }],
    "must be one of the following values: plain_text [json-pointer:/blocks/0/text/type]",
  ],
  [
    "11 elements in a context",
    [{ type: "context", elements: list(11, () => mrkdwn("a")) }],
    "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "26 elements in an actions block",
    actions(...list(26, (i) => button({ action_id: `b${i}` }))),
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "an actions block of nothing",
    actions(),
    "no fewer than 1 item allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "two elements with one action_id",
    actions(button(), button()),
    '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    "an action_id of 256 characters",
    actions(button({ action_id: x(256) })),
    "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
  ],
  [
    "a button text of 76 characters",
    actions(button({ text: plain(x(76)) })),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  ],
  [
    "a button value of 2,001 characters",
    actions(button({ value: x(2001) })),
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  ],
  [
    "a button of an unknown style",
    actions(button({ style: "success" })),
    "must be one of the following values: primary, danger [json-pointer:/blocks/0/elements/0/style]",
  ],
  [
    "a disabled button",
    actions(button({ disabled: true })),
    "invalid additional property: disabled [json-pointer:/blocks/0/elements/0]",
  ],
  [
    "a confirmation title of 101 characters",
    actions(
      button({ confirm: { title: plain(x(101)), text: plain("a"), confirm: plain("a"), deny: plain("a") } }),
    ),
    "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
  ],
  [
    "101 options in a select",
    actions(select({ options: list(101, (i) => option({ value: String(i) })) })),
    "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "a select without options",
    actions({ type: "static_select", action_id: "a" }),
    "must have exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
  ],
  [
    "two options with one value",
    actions(select({ options: [option(), option()] })),
    'option value "1" already exists [json-pointer:/blocks/0/elements/0/options/1]',
  ],
  [
    "an option text of 76 characters",
    actions(select({ options: [option({ text: plain(x(76)) })] })),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
  ],
  [
    "an option value of 151 characters",
    actions(select({ options: [option({ value: x(151) })] })),
    "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
  ],
  [
    "an option description of 76 characters",
    actions(select({ options: [option({ description: plain(x(76)) })] })),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]",
  ],
  [
    "a placeholder of 151 characters",
    actions(select({ placeholder: plain(x(151)) })),
    "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]",
  ],
  [
    "a first choice that is not offered",
    actions(select({ initial_option: option({ value: "2" }) })),
    "initial_option must be one of the options [json-pointer:/blocks/0/elements/0]",
  ],
  [
    "six options in an overflow menu",
    actions({ type: "overflow", action_id: "a", options: list(6, (i) => option({ value: String(i) })) }),
    "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "eleven checkboxes",
    actions({ type: "checkboxes", action_id: "a", options: list(11, (i) => option({ value: String(i) })) }),
    "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "eleven radio buttons",
    actions({
      type: "radio_buttons",
      action_id: "a",
      options: list(11, (i) => option({ value: String(i) })),
    }),
    "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "an image without alternative text",
    [{ type: "image", image_url: "https://example.org/a.png" }],
    "missing required field: alt_text [json-pointer:/blocks/0]",
  ],
  [
    "an image from nowhere",
    [{ type: "image", alt_text: "a" }],
    "must have exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
  ],
  [
    "an image of a file that was never uploaded",
    [{ type: "image", alt_text: "a", slack_file: { id: "F0" } }],
    "invalid slack file [json-pointer:/blocks/0/slack_file]",
  ],
  [
    "a text input in an actions block",
    actions({ type: "plain_text_input", action_id: "a" }),
    "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
  ],
  [
    "an input label of 2,001 characters",
    [{ type: "input", label: plain(x(2001)), element: { type: "plain_text_input", action_id: "a" } }],
    "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
  ],
  [
    "a text input longer than 3,000 characters",
    input({ type: "plain_text_input", action_id: "a", max_length: 3001 }),
    "must be less than 3001 [json-pointer:/blocks/0/element/max_length]",
  ],
  [
    "a number input whose bound is a number",
    input({ type: "number_input", action_id: "a", is_decimal_allowed: true, min_value: 1 }),
    "must be a string holding a number [json-pointer:/blocks/0/element/min_value]",
  ],
  [
    "rich text with an unknown element",
    [
      {
        type: "rich_text",
        elements: [{ type: "rich_text_section", elements: [{ type: "shout", text: "a" }] }],
      },
    ],
    "unsupported type: shout [json-pointer:/blocks/0/elements/0/elements/0/type]",
  ],
  [
    "rich text with an empty text",
    [
      {
        type: "rich_text",
        elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "" }] }],
      },
    ],
    "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
  ],
  [
    "a code block with a mention",
    [
      {
        type: "rich_text",
        elements: [{ type: "rich_text_preformatted", elements: [{ type: "user", user_id: "U1" }] }],
      },
    ],
    "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
  ],
  ["a table of 101 rows", [table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"],
  ["a table of 21 columns", [table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"],
  [
    "a table of more than 10,000 characters",
    [table(11, 1, x(1000))],
    "must be less than 10001 characters [json-pointer:/blocks/0/rows]",
  ],
  ["two tables in a message", [table(1, 1), table(1, 1)], "only_one_table_allowed [json-pointer:/blocks]"],
  [
    "markdown of more than 12,000 characters",
    [{ type: "markdown", text: x(12_001) }],
    "must be less than 12001 characters [json-pointer:/blocks/0/text]",
  ],
];

describe("Block Kit", () => {
  test.each(BROKEN)("refuses %s: invalid_blocks", async (_rule, blocks, message) => {
    const { web, general } = await setUp();
    const answer = await refusal(
      web.chat.postMessage({ channel: general, text: "hi", blocks: blocks as never }),
    );
    expect(answer.error).toBe("invalid_blocks");
    expect((answer.response_metadata as { messages: string[] }).messages).toContain(`[ERROR] ${message}`);
    expect(answer.errors).toContain(message);
  });

  test("accepts every block at its limits", async () => {
    const { web, general } = await setUp();
    const blocks: Blocks = [
      { type: "header", text: plain(x(150)), block_id: x(255) },
      { type: "section", text: mrkdwn(x(3000)), fields: list(10, () => mrkdwn("a")), accessory: button() },
      { type: "context", elements: list(10, () => mrkdwn("a")) },
      ...actions(...list(25, (i) => button({ action_id: `b${i}`, text: plain(x(75)), value: x(2000) }))),
      ...actions(select({ options: list(100, (i) => option({ value: String(i) })) })),
      {
        type: "rich_text",
        elements: [
          { type: "rich_text_section", elements: [{ type: "text", text: "a", style: { bold: true } }] },
          {
            type: "rich_text_list",
            style: "ordered",
            elements: [{ type: "rich_text_section", elements: [] }],
          },
          { type: "rich_text_preformatted", elements: [{ type: "text", text: "code" }] },
          { type: "rich_text_quote", elements: [{ type: "link", url: "https://example.org", text: "a" }] },
        ],
      },
      table(2, 20, "a"),
      ...list(43, () => ({ type: "divider" })),
    ];
    expect((await web.chat.postMessage({ channel: general, text: "hi", blocks: blocks as never })).ok).toBe(
      true,
    );
  });

  test("refuses blocks that are no JSON array: invalid_blocks_format", async () => {
    const { web, general } = await setUp();
    const call = web.apiCall("chat.postMessage", { channel: general, text: "hi", blocks: "[{" });
    expect((await refusal(call)).error).toBe("invalid_blocks_format");
  });

  test("refuses blocks whose texts are too long together: msg_blocks_too_long", async () => {
    const { web, general } = await setUp();
    const blocks = list(4, () => ({ type: "section" as const, text: mrkdwn(x(3000)) }));
    const call = web.chat.postMessage({ channel: general, text: "hi", blocks });
    expect((await refusal(call)).error).toBe("msg_blocks_too_long");
  });

  test("first says that no schema fits where a text may be of two types", async () => {
    const { web, general } = await setUp();
    const blocks = section({ text: mrkdwn(x(3001)) });
    const answer = await refusal(
      web.chat.postMessage({ channel: general, text: "hi", blocks: blocks as never }),
    );
    expect(answer.errors).toEqual([
      "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
      "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]);
  });
});
