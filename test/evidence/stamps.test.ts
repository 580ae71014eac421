import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../server/evidence/judge.ts';
import { judges } from '../platform/world/judges.ts';
import { anatomyOf, extended, kindsOf, sealedFile, timeStampAuthority, updated, withTimeStamp, withValidationData } from './stage.ts';

const sealed = await sealedFile();

test('validation data and a document time stamp may be added to a sealed file, and are named as what they are', (t) => {
  const strangers = judges(t);
  if (!strangers) return;
  const authority = timeStampAuthority(strangers.folder);
  const kept = withTimeStamp(withValidationData(sealed), authority);
  strangers.qpdf('--check', strangers.keep('kept.pdf', kept));
  const evidence = judge(kept);
  assert.deepEqual([evidence.verdict, evidence.reason], ['allowed', null]);
  assert.deepEqual(
    evidence.signatures.map(({ field, kind, covers, revision, intact }) => [field, kind, covers, revision, intact]),
    [
      ['InlaySeal', 'certification', 'revision', 1, true],
      ['Stamp', 'time-stamp', 'file', 3, true],
    ],
  );
  assert.deepEqual(
    evidence.revisions.map(({ level, verdict }) => [level, verdict]),
    [
      [null, 'allowed'],
      [1, 'allowed'],
      [1, 'allowed'],
    ],
  );
  assert.deepEqual([kindsOf(evidence, 2), kindsOf(evidence, 3)], [['validation-data'], ['time-stamp']]);
  const again = judge(withTimeStamp(withValidationData(withTimeStamp(sealed, authority)), authority, { title: 'Second' }));
  assert.deepEqual([again.verdict, again.signatures.length, again.revisions.length], ['allowed', 3, 4]);

  const afterwards = judge(
    updated(kept, { objects: { [anatomyOf(kept).catalog]: extended(anatomyOf(kept).object(anatomyOf(kept).catalog), '/Lang (de)') } }),
  );
  assert.deepEqual([afterwards.verdict, kindsOf(afterwards)], ['forbidden', ['catalog']]);
});

test('what only looks like a document time stamp is forbidden, or broken', (t) => {
  const strangers = judges(t);
  if (!strangers) return;
  const authority = timeStampAuthority(strangers.folder);
  const shown = { field: '/Rect [60 600 260 660]' };
  const drawn = { field: '/Rect [0 0 0 0] /MK << /BG [1 0 0] >>' };
  const active = { field: '/Rect [0 0 0 0] /A << /S /URI /URI (https://a.example) >>' };
  const same = { title: 'InlaySeal' };
  const other = { stamp: '/Reason (Agreed)' };
  for (const [what, expected] of [
    [shown, 'signature-added'],
    [drawn, 'signature-added'],
    [active, 'signature-added'],
    [other, 'signature-added'],
    [same, 'form-changed'],
  ] as const) {
    const evidence = judge(withTimeStamp(sealed, authority, what));
    assert.equal(evidence.verdict, 'forbidden', JSON.stringify(what));
    assert.ok(kindsOf(evidence).includes(expected), `${JSON.stringify(what)}: ${kindsOf(evidence)}`);
  }
  const ofOther = judge(withTimeStamp(sealed, () => authority('ab'.repeat(32))));
  assert.deepEqual([ofOther.verdict, ofOther.reason], ['broken', 'Stamp: The time-stamped bytes were changed.']);
  const rubbish = judge(withTimeStamp(sealed, () => Buffer.from('not a token')));
  assert.equal(rubbish.verdict, 'broken');
});

test('a DSS that has more than validation data in it is a change of the catalog', () => {
  const { object, catalog, size } = anatomyOf(sealed);
  const data = '<< /Length 3 >>\nstream\nabc\nendstream';
  const wrong = [
    ['<< /Type /DSS /Certs [1] >>', data],
    [`<< /Type /DSS /Certs [${size + 1} 0 R] /Open << /S /Launch >> >>`, data],
    [`<< /Type /DSS /Certs [${size + 1} 0 R] >>`, '<< /Length 3 /Next 1 0 R >>\nstream\nabc\nendstream'],
    [`<< /Type /DSS /VRI << /${'A'.repeat(40)} << /Font ${size + 1} 0 R >> >> >>`, data],
  ] as const;
  for (const [dss, stream] of wrong) {
    const objects = { [size]: dss, [size + 1]: stream, [catalog]: extended(object(catalog), `/DSS ${size} 0 R`) };
    const evidence = judge(updated(sealed, { objects }));
    assert.deepEqual([evidence.verdict, kindsOf(evidence).includes('catalog')], ['forbidden', true], dss);
  }
});
