/**
 * Calls `stop` once npm is gone: npm hands a signal on to the shell that it started us in, not to us, so that what `npm start` made would stay
 * behind. Whoever started us without npm may leave. On Windows a process keeps the number of a parent that is gone, and the console ends us.
 */
export function whenNpmIsGone(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    stop();
  }, 500).unref();
}
