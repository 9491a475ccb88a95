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
  { host, port, publicAddress }: { host: string; port: number; publicAddress?: string | undefined },
): Links {
  const addresses = [...(publicAddress === undefined ? [] : [publicAddress.replace(/\/$/, "")])];
  addresses.push(...reachableAddresses(host, port));
  const local = addresses.at(-1)!;
  return {
    teacher: `${publicAddress === undefined ? local : addresses[0]}/join#${keys.teacher}`,
    assistant: `${addresses[0]}/join#${keys.assistant}`,
    students: addresses.map((address) => `${address}/join#${keys.join}`),
    onlyHere: publicAddress === undefined && isLoopback(host),
  };
}

/** The link as a QR code, an SVG document in black on white. */
export function qrCode(link: string): Promise<string> {
  return QRCode.toString(link, { type: "svg", margin: 2, errorCorrectionLevel: "M" });
}
