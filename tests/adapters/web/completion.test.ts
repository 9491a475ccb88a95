import { describe, expect, test } from "vitest";
import { helpFor } from "../../../src/adapters/web/browser/completion.ts";
import { wireCommand } from "../../../src/adapters/web/wire-command.ts";
import { createWriter, pair, show } from "./trial-commands.ts";

const commands = [createWriter().command, show, pair].map(wireCommand);
const help = (text: string) => {
  const caret = text.indexOf("|");
  const plain = text.replace("|", "");
  return { plain, ...helpFor(plain, caret < 0 ? plain.length : caret, commands) };
};
const labels = (text: string) => help(text).items.map(({ label }) => label);
const completed = (text: string, index = 0) => {
  const { plain, items } = help(text);
  const { insert, from, to } = items[index]!;
  return plain.slice(0, from) + insert + plain.slice(to);
};

describe("command names", () => {
  test("a slash offers every command, with what it does", () => {
    expect(labels("/")).toEqual(["/write", "/show", "/pair with"]);
    expect(help("/").items[1]!.detail).toBe("A card with every kind of block");
  });

  test("typing narrows the list, names that begin so first, and Enter completes", () => {
    expect(labels("/w")).toEqual(["/write", "/show", "/pair with"]);
    expect(completed("/wr")).toBe("/write ");
    expect(help("/wr").eager).toBe(true);
  });

  test("a whole name is sent by Enter", () => {
    expect(help("/show").eager).toBe(false);
  });

  test("nothing is offered for ordinary words or for two slashes", () => {
    expect(labels("write")).toEqual([]);
    expect(labels("//wr")).toEqual([]);
    expect(labels("/unknown ")).toEqual([]);
  });
});

describe("options", () => {
  test("the beginning of an option's name offers it; Enter still sends, since it may be a word of the text", () => {
    expect(labels("/write The nice st")).toEqual(["strategy:", "stop:"]);
    expect(completed("/write The nice str")).toBe("/write The nice strategy:");
    expect(help("/write The nice str").eager).toBe(false);
  });

  test("options that are given already are not offered again", () => {
    expect(labels("/write x strategy:beam str")).toEqual([]);
    const unused = help("/write x strategy:beam ").unused.map(({ name }) => name);
    expect(unused).toEqual(["top-p", "max-new-tokens", "trace", "model", "stop"]);
  });

  test("the option under the cursor is explained: the main one for bare text", () => {
    expect(help("/write The").option?.name).toBe("prompt");
    expect(help("/write The top-p:0|").option?.name).toBe("top-p");
    expect(help("/write The top-p:0").option?.allowed).toBe("a number above 0 and at most 1");
    expect(help("/write The| top-p:0").option?.name).toBe("prompt");
  });
});

describe("values", () => {
  test("choices are offered, and the one typed is not offered again", () => {
    expect(labels("/write x strategy:")).toEqual(["greedy", "beam"]);
    expect(completed("/write x strategy:b")).toBe("/write x strategy:beam ");
    expect(help("/write x strategy:b").eager).toBe(true);
    expect(labels("/write x strategy:beam")).toEqual([]);
  });

  test("true and false are the choices of a switch", () => {
    expect(labels("/write x trace:")).toEqual(["true", "false"]);
  });

  test("a value in the middle is replaced, and the rest of the text stays", () => {
    expect(completed("/write x strategy:gre| top-p:1")).toBe("/write x strategy:greedy  top-p:1");
  });

  test("values that only the server knows are asked for, with the place they will stand at", () => {
    expect(help("/write x model:gp").ask).toEqual({
      command: "write",
      option: "model",
      typed: "gp",
      from: 15,
      to: 17,
    });
    expect(help("/pair with partner:@An").ask).toMatchObject({ option: "partner", typed: "@An" });
  });
});
