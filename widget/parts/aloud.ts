/** A function that is true at most every 30 seconds: so often "saved" may be said aloud. */
export function sparingly(): () => boolean {
  let last = 0;
  return () => {
    const now = Date.now();
    const due = now - last > 30_000;
    if (due) last = now;
    return due;
  };
}
