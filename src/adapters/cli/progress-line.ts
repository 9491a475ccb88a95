import { megabytes } from "./models-command.ts";

/** Says how far a download is, once for each tenth of it. */
export function createProgressLine(say: (line: string) => void): (done: number, total: number) => void {
  let said = 0;
  return (done, total) => {
    const tenths = total > 0 ? Math.floor((10 * done) / total) : 0;
    if (tenths <= said) return;
    said = tenths;
    say(`${String(tenths * 10).padStart(4)} %  ${megabytes(done)} of ${megabytes(total)}`);
  };
}
