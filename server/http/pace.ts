import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How slowly an answer may be taken. */
export interface Pace {
  /** Milliseconds in which something of what waits for a reader has to be taken, and one second more for so many bytes that wait. */
  readonly patience: number;
  readonly bytesPerSecond: number;
}

export const usualPace: Pace = { patience: 20_000, bytesPerSecond: 16 * 1024 };

/**
 * Cuts the connections of those who ask and do not read what they are answered: each holds memory for as long as it lasts. Looks at all of them ten
 * times in their patience; one for which nothing waits is left alone. Returns what ends the watch.
 */
export function watchPace(server: Server, { patience, bytesPerSecond }: Pace): () => void {
  const watched = new Map<Socket, Progress>();
  server.on('connection', (socket: Socket) => {
    watched.set(socket, { taken: 0, idle: 0 });
    socket.once('close', () => watched.delete(socket));
  });
  const often = patience / 10;
  let lookedAt = performance.now();
  const look = setInterval(() => {
    const now = performance.now();
    // While this program was held up nobody could take anything.
    const passed = Math.min(now - lookedAt, 2 * often);
    lookedAt = now;
    for (const [socket, last] of watched) {
      const waiting = socket.writableLength;
      const taken = socket.bytesWritten - waiting;
      if (waiting === 0 || taken > last.taken) watched.set(socket, { taken, idle: 0 });
      else if (last.idle + passed > patience + (waiting * 1_000) / bytesPerSecond) socket.destroy();
      else watched.set(socket, { taken, idle: last.idle + passed });
    }
  }, often);
  look.unref();
  return () => clearInterval(look);
}

/** Bytes that a reader had taken, and for how many milliseconds, by the looks at it, it has taken none. */
interface Progress {
  readonly taken: number;
  readonly idle: number;
}
