import { createHash } from "node:crypto";
import type { FileBlock, PictureBlock } from "../../bot/cards/card.ts";
import type { Calls } from "./calls.ts";
import { SlackUnansweredError } from "./errors.ts";
import { inert } from "./inert.ts";
import { FILE_ALT_TEXT } from "./limits.ts";

const REMEMBERED = 200;

/** Files in Slack. */
export interface Uploads {
  /** Uploads a picture, once however often it is shown. Returns its file id, for image blocks. */
  picture(picture: PictureBlock): Promise<string>;
  /** Uploads a file and shares it in a channel, or in a thread of it. */
  share(file: FileBlock, channel: string, threadTs: string | undefined): Promise<void>;
}

export function createUploads(calls: Calls): Uploads {
  const pictures = new Map<string, Promise<string>>();

  async function upload(fileName: string, bytes: Uint8Array, alt: string | undefined): Promise<string> {
    const { upload_url, file_id } = await calls.call("files.getUploadURLExternal", {
      filename: fileName,
      length: bytes.length,
      // The library's uploadV2 calls it alt_text, which Slack does not read.
      ...(alt && { alt_txt: inert(alt).slice(0, FILE_ALT_TEXT).toWellFormed() }),
    });
    const response = await fetch(String(upload_url), { method: "POST", body: Buffer.from(bytes) }).catch(
      (cause: unknown) => {
        throw new SlackUnansweredError("the upload", cause);
      },
    );
    if (!response.ok) throw new SlackUnansweredError("the upload", new Error(`HTTP ${response.status}`));
    return String(file_id);
  }

  return {
    picture({ png, fileName, alt }) {
      const key = createHash("sha256").update(png).update(alt).digest("hex");
      const known = pictures.get(key);
      if (known) return known;
      const id = (async () => {
        const file = await upload(fileName, png, alt);
        await calls.call("files.completeUploadExternal", { files: [{ id: file }] });
        return file;
      })();
      pictures.set(key, id);
      id.catch(() => pictures.delete(key));
      const [oldest] = pictures.keys();
      if (pictures.size > REMEMBERED && oldest !== undefined) pictures.delete(oldest);
      return id;
    },
    async share({ fileName, bytes, alt }, channel, threadTs) {
      const id = await upload(fileName, bytes, alt);
      await calls.call("files.completeUploadExternal", {
        files: [{ id, title: fileName }],
        channel_id: channel,
        ...(threadTs !== undefined && { thread_ts: threadTs }),
      });
    },
  };
}
