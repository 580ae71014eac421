/** What the vault's page says. */

export const words = {
  title: 'The vault',
  loading: 'Opening the record',
  save: 'Download a copy',
  saving: 'Fetching the copy',
  saved: 'The copy is saved.',
  again: 'Try again',
  document: 'The document',
  history: 'Who did what',
  fingerprint: 'Fingerprint of the original (SHA-256)',
  copyNote: 'The copy says on every page that it is one. The original stays in the vault.',
  vault: 'The vault',
  left: 'Handed over',
  leftText:
    'Its receiver has confirmed the original by its fingerprint, and the key to what was kept here is destroyed. Whoever controls it now keeps it elsewhere.',
  leftHash: 'The fingerprint stays here, so that the original can be known again, and so does the record of what was done with it.',
  passed: 'passed',
  failed: 'failed',
} as const;

/** How the page ends without a record. */
export const endings = {
  expired: { title: 'This link is over', text: 'It is good for a quarter of an hour. Go back to where you opened it, and open it again.' },
  wrong: {
    title: 'This link opens nothing',
    text: 'It works once it is opened from its page, not after a reload. Go back to where you came from, and open it again.',
  },
  refused: {
    title: 'The vault does not give this out',
    text: 'The file no longer has the fingerprint that was taken when it was stored, or something went wrong. It is written down; ask whoever sent you here.',
  },
  lost: { title: 'The vault did not answer', text: 'Nothing is lost. Try again in a moment.' },
} as const;

/** The first line of a record, by its state. */
export const states = {
  vaulted: { turn: 'done', text: 'In the vault, nothing to do' },
  frozen: { turn: 'us', text: 'Being released: the original is frozen' },
  left: { turn: 'other', text: 'Released: the original has left this vault' },
} as const;

/** What happened, by kind of event. */
export const acts: Readonly<Record<string, string>> = {
  'vault.stored': 'Stored the original',
  'vault.tampered': 'Found the file changed, and refused it',
  'vault.compliance.passed': 'Checked it: all eight passed',
  'vault.compliance.failed': 'Checked it: not all eight passed',
  'vault.released': 'Froze the original for its release',
  'vault.lapsed': 'The release lapsed; the original is back',
  'vault.acknowledged': 'The receiver has it; destroyed the original here',
  'document.uploaded': 'Uploaded the signed paper',
};

/** What was read or asked for, by its kind. */
export const things: Readonly<Record<string, string>> = {
  page: 'this page',
  copy: 'the copy',
  authoritative: 'the original',
  custody: 'the custody record',
  export: 'the original, on its way out',
};
