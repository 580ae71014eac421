import { Polling } from '../polling.ts';
import type { CeremonyState, Scene } from './state.ts';

/** Milliseconds between two readings: the first pause, and the longest one it grows to. No entry: nothing can change any more. */
const paces: Partial<Record<Scene, readonly [first: number, longest: number]>> = {
  consent: [20_000, 60_000],
  opening: [20_000, 60_000],
  unopened: [20_000, 60_000],
  sign: [20_000, 60_000],
  sealing: [1_000, 5_000],
  signed: [4_000, 30_000],
  waiting: [4_000, 30_000],
};

/** Reads a state ever more slowly while its scene stays the same. `settled`: a reading has come, or had no answer. */
export function watchOf(state: Pick<CeremonyState, 'scene' | 'read'>, settled: () => void): Polling {
  let times = 0;
  let last: Scene | undefined;
  return new Polling({
    pace: (misses) => {
      const { scene } = state;
      // Another scene begins with its own first pause.
      if (scene !== last) times = 0;
      last = scene;
      const [first, longest] = paces[scene] ?? [0, 0];
      // Without an answer it is asked soon, whatever the scene.
      return first && misses ? Math.min(15_000, 1_000 * 2 ** misses) : Math.min(longest, first * 1.4 ** times++);
    },
    read: () => state.read(),
    settled,
    returned: () => {
      times = 0;
      return state.scene in paces;
    },
  });
}
