import { describe, expect, test } from "vitest";
import { refusal, setUp } from "./setup.ts";

async function setUpUpload(altTxt?: string) {
  const setup = await setUp();
  const bytes = Buffer.from("a,b\n1,2\n");
  const ticket = await setup.web.files.getUploadURLExternal({
    filename: "counts.csv",
    length: bytes.length,
    ...(altTxt !== undefined && { alt_txt: altTxt }),
  });
  const upload = (body: Buffer) => fetch(ticket.upload_url!, { method: "POST", body: new Uint8Array(body) });
  const complete = (args: object = {}) =>
    setup.web.apiCall("files.completeUploadExternal", { files: [{ id: ticket.file_id }], ...args });
  return { ...setup, bytes, id: ticket.file_id!, upload, complete };
}

describe("files", () => {
  test("go up in three steps and are shared as a message", async () => {
    const { slack, bytes, id, upload, complete, general } = await setUpUpload("A table of two columns");
    expect(await (await upload(bytes)).text()).toBe(`OK - ${bytes.length}`);
    await complete({ channel_id: general, initial_comment: "Counts" });
    const message = slack.channel("general").channel.messages.at(-1)!;
    expect(message).toMatchObject({
      text: "Counts",
      files: [{ id, altText: "A table of two columns", bytes }],
    });
  });

  test("can't be completed before they are uploaded: file_not_found", async () => {
    const { complete } = await setUpUpload();
    expect((await refusal(complete())).error).toBe("file_not_found");
  });

  test("must have the announced length", async () => {
    const { upload, complete } = await setUpUpload();
    expect((await upload(Buffer.from("short"))).status).toBe(400);
    expect((await refusal(complete())).error).toBe("file_not_found");
  });

  test("can't be empty: missing_argument", async () => {
    const { web } = await setUp();
    const call = web.apiCall("files.getUploadURLExternal", { filename: "a.txt", length: 0 });
    expect((await refusal(call)).error).toBe("missing_argument");
  });

  test("can't be shared where the app is no member: not_in_channel", async () => {
    const { slack, bytes, upload, complete } = await setUpUpload();
    await upload(bytes);
    const channel_id = slack.channel("elsewhere").channel.id;
    expect((await refusal(complete({ channel_id }))).error).toBe("not_in_channel");
  });

  test("have alternative text of at most 1,000 characters: alt_txt_too_large", async () => {
    const { web } = await setUp();
    const call = web.apiCall("files.getUploadURLExternal", {
      filename: "a.png",
      length: 1,
      alt_txt: "x".repeat(1001),
    });
    expect((await refusal(call)).error).toBe("alt_txt_too_large");
  });

  test("lose the alternative text that the library's uploadV2 sends under another name", async () => {
    const { slack, web, general } = await setUp();
    await web.filesUploadV2({
      channel_id: general,
      filename: "a.png",
      file: Buffer.from("png"),
      alt_text: "A chart",
    });
    const [file] = slack.channel("general").channel.messages.at(-1)!.files;
    expect(file!.altText).toBeUndefined();
  });

  test("show in an image block once Slack has looked at them", async () => {
    const { slack, clock, bytes, id, upload, complete, web, general } = await setUpUpload();
    slack.world.fileProcessingMs = 2000;
    await upload(bytes);
    await complete();
    const blocks = [{ type: "image", slack_file: { id }, alt_text: "A chart" }];
    const post = () => web.chat.postMessage({ channel: general, text: "chart", blocks: blocks as never });
    expect((await refusal(post())).error).toBe("invalid_blocks");
    await clock.advance(2000);
    expect((await post()).ok).toBe(true);
  });
});
