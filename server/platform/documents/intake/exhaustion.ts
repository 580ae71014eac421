import { Refusal } from '../pdf/refusals.ts';

/** Resident memory (bytes) at which reading is given up: documents of 500 pages, and scans of 20 MB, take less than half of what the process may hold. */
const most = 448 << 20;
/** pdf.js asks for the time after every hundred operators: so many times between two looks at the memory. */
const between = 32;

/**
 * Reads with an eye on the memory. A page that unfolds into millions of operators is read in one go, so that no timer ever comes to its turn; but
 * pdf.js asks for the time meanwhile. It may go on over the error that it gets for an answer: Refusal `too-slow` in the end all the same.
 */
export async function bounded<T>(read: () => Promise<T>): Promise<T> {
  const { now } = Date;
  let asked = 0;
  let isExhausted = false;
  Date.now = () => {
    asked += 1;
    if (isExhausted || (asked % between === 0 && process.memoryUsage.rss() > most)) {
      isExhausted = true;
      throw new Refusal('too-slow', 'memory');
    }
    return now();
  };
  try {
    const result = await read();
    if (!isExhausted) return result;
  } catch (error) {
    if (!isExhausted) throw error;
  } finally {
    Date.now = now;
  }
  throw new Refusal('too-slow', 'memory');
}
