import { LinkError } from './link-error.ts';

/** Loads a chunk. Chrome remembers a failed import for the life of the page, so another try asks under another address. */
export async function bring<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const url = /https?:\S+\.js/.exec(String(error))?.[0];
    const again: Promise<T> = url ? import(/* @vite-ignore */ `${url}?${Date.now()}`) : load();
    return again.catch(() => Promise.reject(new LinkError('script', 'A script of the element did not load.')));
  }
}
