import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { jobOf } from '../sealing.ts';

/** Seals without a pause while it is told to, as a busy platform does; counts the files. */
const identity = await makeAuthority(Date.now());
const documents = openDocuments({ identity: () => identity });
const job = await jobOf(10);
let busy = false;
let sealed = 0;

process.on('message', async (message: 'seal' | 'rest') => {
  const begins = message === 'seal' && !busy;
  busy = message === 'seal';
  while (begins && busy) {
    await documents.of('one').seal(job);
    sealed += 1;
  }
  if (message === 'rest') process.send?.({ sealed });
});
await documents.of('one').seal(job);
process.send?.({ ready: true });
