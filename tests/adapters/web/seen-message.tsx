import { Window } from "happy-dom";
import { renderToString } from "preact-render-to-string";
import { Body } from "../../../src/adapters/web/browser/message.tsx";
import type { WireMessage } from "../../../src/adapters/web/wire.ts";
import type { SeenMessage } from "../../contracts/platform-driver.ts";

const window = new Window();
const BLOCKS = "p,li,blockquote,h2,dt,dd,pre,tr,figure,hr,legend";

/**
 * A message as the page shows it: drawn by the page's own components, read from the resulting document.
 * @param bytesOf The bytes behind an address of a picture or file.
 */
export function seenMessage(message: WireMessage, bytesOf: (address: string) => Uint8Array): SeenMessage {
  const root = window.document.createElement("div");
  root.innerHTML = renderToString(<Body message={message} />);
  // What the page says about the message, rather than the message.
  for (const chrome of root.querySelectorAll(".only-you, .state")) chrome.remove();
  const all = (selector: string) => [...root.querySelectorAll(selector)];
  const buttons = all(".buttons button").map((button) => ({
    label: button.textContent,
    disabled: button.hasAttribute("disabled"),
  }));
  const files = [
    ...all("img").map((image) => ({
      name: nameOf(image.getAttribute("src")!),
      alt: image.getAttribute("alt") ?? undefined,
      bytes: bytesOf(image.getAttribute("src")!),
    })),
    ...all("a.file").map((file) => ({
      name: nameOf(file.getAttribute("href")!),
      alt: undefined,
      bytes: bytesOf(file.getAttribute("href")!),
    })),
  ];
  const links = all("a:not(.file)")
    .map((link) => link.getAttribute("href")!)
    .filter((target) => !target.startsWith("/files/"));
  const formatted = all("b, i, s, h1, h2, h3, code").map((element) => element.textContent);
  const select = selectOf(message);
  for (const element of root.querySelectorAll(".actions")) element.remove();
  for (const element of root.querySelectorAll(BLOCKS)) element.append("\n");
  return {
    ref: { channel: { platform: "web", id: message.channel }, id: message.id },
    text: root.textContent.trim(),
    // The classroom has no way to ping anybody.
    pings: [],
    links,
    formatted,
    buttons,
    files,
    ...(select ? { select } : {}),
  };
}

function selectOf({ card }: WireMessage): SeenMessage["select"] {
  for (const row of card?.actions ?? []) {
    if (!("select" in row)) continue;
    const { choices, min = 1, max = 1 } = row.select;
    return { labels: choices.map(({ label }) => label), min, max };
  }
  return undefined;
}

function nameOf(address: string): string {
  return decodeURIComponent(address.split("/").at(-1)!);
}
