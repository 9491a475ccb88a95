/** A second signal within this time is the first one arriving twice: from the terminal and from the launcher. */
const SAME_SIGNAL_MS = 1_000;

/** Calls back at the first SIGINT or SIGTERM; one that comes later ends the process at once. */
export function onInterrupt(callback: () => void): void {
  let firstAt: number | undefined;
  const take = () => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      callback();
    } else if (now - firstAt > SAME_SIGNAL_MS) {
      process.exit(130);
    }
  };
  process.on("SIGINT", take);
  process.on("SIGTERM", take);
}
