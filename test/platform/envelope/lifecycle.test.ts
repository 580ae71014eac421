import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { EnvelopeState } from '../../../server/platform/domain/records/moves.ts';
import { moves } from '../../../server/platform/domain/records/moves.ts';

/** The page of the documentation, and the words for what leads from one state to the next. */
const page = new URL('../../../docs/lifecycle.md', import.meta.url);

const causes: Readonly<Record<EnvelopeState, string>> = {
  pending: 'a paper envelope is created',
  uploaded: 'the signed file is uploaded',
  preparing: 'it is prepared',
  sent: 'it is sent to its signers',
  viewed: 'a signer has agreed to sign on screen',
  finishing: 'everybody has signed, and the file is being sealed',
  completed: 'the sealed file is recorded',
  vaulted: 'the authoritative copy is in the vault (vault-in, or a release that lapsed)',
  released: 'vault-out has frozen the authoritative copy',
  destroyed: 'the receiver has acknowledged the copy; what was here is destroyed',
  declined: 'a signer has declined',
  voided: 'the partner has voided it',
  expired: 'its time has run out',
};
const said: Partial<Record<EnvelopeState, string>> = { finishing: 'viewed', destroyed: 'released' };

function rendered(): string {
  const lines = (Object.keys(moves) as EnvelopeState[]).map((state) => {
    const next = moves[state].map((to) => `\`${to}\``).join(', ') || 'nothing: it is the end';
    return `| \`${state}\` | ${causes[state]} | \`${said[state] ?? state}\` | ${next} |`;
  });
  return [
    '# The life of an envelope',
    '',
    'Every move there is; any other is refused with 409 and a sentence that says from where to where. `test/platform/envelope/lifecycle.test.ts` writes this',
    'page from the table in `server/platform/domain/records/envelope.ts` (with `WRITE=1`), and fails when the two differ.',
    '',
    '| state | it is in it when | the API says | it can become |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

test('docs/lifecycle.md says the moves that the platform makes, and no other', () => {
  if (process.env.WRITE) writeFileSync(page, rendered());
  assert.equal(readFileSync(page, 'utf8'), rendered());
});
