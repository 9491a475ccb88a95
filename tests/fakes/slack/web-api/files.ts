import { asArray, asObject, asString } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { addMessage } from "../messages.ts";
import { type Method, SlackError } from "./method.ts";
import { postableChannel } from "./reach.ts";

/** The two steps around the upload itself, which goes to the URL that the first one answers. */
export const FILE_METHODS: readonly Method[] = [
  {
    name: "files.getUploadURLExternal",
    tier: 4,
    token: "bot",
    scopes: ["files:write"],
    required: ["filename", "length"],
    run({ args, services: { world, origin } }) {
      const length = Number(args.length);
      if (!Number.isInteger(length) || length <= 0) throw new SlackError("missing_argument");
      // The API reads `alt_txt`; the client library's uploadV2 sends `alt_text`, which is ignored.
      const altText = args.alt_txt === undefined ? undefined : asString(args.alt_txt);
      if (altText && altText.length > LIMITS.file.altText) throw new SlackError("alt_txt_too_large");
      const id = world.id("F");
      world.files.set(id, {
        id,
        name: asString(args.filename),
        length,
        usable: false,
        usableFrom: 0,
        ...(altText !== undefined && { altText }),
      });
      return { file_id: id, upload_url: `${origin}/upload/v1/${id}` };
    },
  },
  {
    name: "files.completeUploadExternal",
    tier: 4,
    token: "bot",
    scopes: ["files:write"],
    required: ["files"],
    json: ["files", "blocks"],
    run({ args, services }) {
      const { world, timeline } = services;
      const files = asArray(args.files).map((entry) => {
        const file = world.files.get(asString(asObject(entry).id));
        if (!file?.bytes) throw new SlackError("file_not_found");
        const title = asObject(entry).title;
        if (title !== undefined) file.title = asString(title);
        return file;
      });
      if (files.length === 0) throw new SlackError("invalid_arguments");
      const channel = args.channel_id === undefined ? undefined : postableChannel(world, args.channel_id);
      if (channel && !channel.members.has(world.app.botUserId)) throw new SlackError("not_in_channel");
      for (const file of files) {
        file.usable = true;
        file.usableFrom = world.options.clock.now() + world.fileProcessingMs;
        if (channel) {
          timeline.record({
            kind: "file-shared",
            channel: channel.id,
            fileId: file.id,
            ...(file.altText !== undefined && { altText: file.altText }),
          });
        }
      }
      if (channel) {
        addMessage(services, {
          channel,
          user: world.app.botUserId,
          fromApp: true,
          text: asString(args.initial_comment),
          files,
          ...(args.thread_ts !== undefined && { threadTs: asString(args.thread_ts) }),
        });
      }
      return { files: files.map(({ id, title, name }) => ({ id, title: title ?? name })) };
    },
  },
];
