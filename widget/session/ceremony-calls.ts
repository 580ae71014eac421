/** What the headless client loads: a chunk of its own, so that it can be asked for again when it did not come. */
export { ceremonyOf } from './ceremony.ts';
