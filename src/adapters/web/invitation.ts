import QRCode from "qrcode";
import { isLoopback, reachableAddresses } from "./addresses.ts";
import type { Keys } from "./members.ts";

/** The links that let people in. Keys stand behind "#", which browsers send to no server and no log. */
export interface Links {
  readonly teacher: string;
  /** The best one first: the public address, then this machine's addresses in the network. */
  readonly students: readonly string[];
  readonly assistant: string;
  /** Only this machine reaches it. */
  readonly onlyHere: boolean;
}

export function linksOf(
  keys: Keys,
  { host, port, publicUrl }: { host: string; port: number; publicUrl?: string | undefined },
): Links {
  const addresses = [...(publicUrl === undefined ? [] : [publicUrl.replace(/\/$/, "")])];
  addresses.push(...reachableAddresses(host, port));
  const local = addresses.at(-1)!;
  return {
    teacher: `${publicUrl === undefined ? local : addresses[0]}/join#${keys.teacher}`,
    assistant: `${addresses[0]}/join#${keys.assistant}`,
    students: addresses.map((address) => `${address}/join#${keys.join}`),
    onlyHere: publicUrl === undefined && isLoopback(host),
  };
}

/** The link as a QR code, an SVG document in black on white. */
export function qrCode(link: string): Promise<string> {
  return QRCode.toString(link, { type: "svg", margin: 2, errorCorrectionLevel: "M" });
}
