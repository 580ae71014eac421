import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import type { CustodyFacts } from '../../../server/platform/domain/files/documents.ts';
import { assertSealed, judges } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const hash = (digit: string) => digit.repeat(64);
const event = (kind: string, over: Partial<CustodyFacts['events'][number]> = {}) => ({
  at: '2026-11-21T12:06:32.417Z',
  kind,
  who: 'Harbor Leasing',
  address: null,
  reported_by: 'the platform',
  detail: null,
  ...over,
});
const facts: CustodyFacts = {
  envelope: {
    id: 'env_4c7lq2vxn5ar',
    name: 'Lease of berth 7',
    locale: null,
    customer_id: 'cust_2b6mz3wpd4ky',
    created_at: '2026-11-21T11:58:02.114Z',
  },
  vaulted_at: '2026-11-21T12:08:14.902Z',
  origin: 'esign',
  authoritative: { sha256: hash('a'), size: 184_202, pages: 3 },
  copy: { sha256: hash('c'), size: 1_203_771 },
  controller: { id: 'acc_3f5kzq7m2vxw4n6ra8bd', name: 'Harbor Leasing' },
  signers: [
    { name: 'Ada Nordin', email: 'ada@shop.example', role: 'Lessee', signed_at: '2026-11-21T12:04:11.530Z' },
    { name: 'Bo Lindqvist', email: 'bo@quay.example', role: null, signed_at: '2026-11-21T12:06:32.417Z' },
  ],
  events: [
    event('envelope.created'),
    event('envelope.sent'),
    event('signer.consented', { who: 'Ada Nordin', address: '192.0.2.14', detail: `Version 2026-11, SHA-256 ${hash('e')}` }),
    event('signer.signed', { who: 'Ada Nordin', address: '192.0.2.14', reported_by: 'Harbor Leasing' }),
    event('signer.signed', { who: 'Bo Lindqvist', address: '2001:db8::7' }),
    event('envelope.completed', { detail: hash('a') }),
  ],
};

test('a custody record says what lies in the vault, how it came, who controls it and what happened, and is sealed once', async (t) => {
  const judge = judges(t);
  const documents = openDocuments({ identity: () => identity });
  t.after(() => documents.close());
  const { bytes } = await documents.of('one').custody({ facts, reason: 'Custody record of env_4c7lq2vxn5ar' });
  if (!judge) return;
  assertSealed(judge, bytes, identity);
  const file = judge.keep('custody.pdf', bytes);
  assert.match(judge.pdfsig(file), /Custody record of env_4c7lq2vxn5ar|Signature is Valid/);
  const said = judge.pdftotext('-layout', file, '-').replace(/\s+/g, ' ');
  for (const fact of [
    'Custody record Lease of berth 7 Taken into the vault on 21 November 2026 (UTC), and controlled by Harbor Leasing.',
    'env_4c7lq2vxn5ar',
    'cust_2b6mz3wpd4ky',
    'Electronic signature: signed here by everybody, and sealed',
    'Vaulted 2026-11-21 12:08:14.902 UTC',
    hash('a'),
    '184,202 bytes',
    '3 pages',
    hash('c'),
    '1,203,771 bytes',
    'acc_3f5kzq7m2vxw4n6ra8bd',
    'Ada Nordin E-mail ada@shop.example',
    'Signed 2026-11-21 12:04:11.530 UTC',
    'bo@quay.example',
    'Agreed to sign on screen',
    'Reported by Harbor Leasing',
    'Custody record, 1 of 2',
  ])
    assert.ok(said.includes(fact), `${fact}\n${said}`);
});

test('of a paper it says that it was uploaded, and names nobody who signed here', async (t) => {
  const judge = judges(t);
  const documents = openDocuments({ identity: () => identity });
  t.after(() => documents.close());
  const uploaded = event('document.uploaded', { detail: hash('a') });
  const paper = {
    ...facts,
    origin: 'paper' as const,
    signers: [],
    events: [uploaded],
    authoritative: { ...facts.authoritative, pages: 1 },
  };
  const { bytes } = await documents.of('one').custody({ facts: paper, reason: 'Custody record' });
  if (!judge) return;
  const said = judge.pdftotext('-layout', judge.keep('paper.pdf', bytes), '-').replace(/\s+/g, ' ');
  assert.ok(said.includes('Upload: signed elsewhere, and kept byte for byte as it came'), said);
  assert.ok(said.includes('Uploaded as it was signed'), said);
  assert.ok(said.includes('Document 1 page'), said);
  assert.ok(!said.includes('Signed by'), said);
});
