import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CeremonyField } from '../../../shared/signing/ceremony.ts';
import type { FieldType, FieldValue } from '../../../shared/signing/fields.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { meddle } from '../world/envelopes.ts';
import { ada, drawn, embedToken, jonas, sendEnvelope, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
let fields: CeremonyField[];
let signer: ReturnType<typeof signerWith>;
before(async () => {
  platform = await startPlatform();
  const kinds: FieldType[] = ['signature', 'initials', 'date_signed', 'name', 'text', 'checkbox'];
  const id = await sendEnvelope(platform, { signers: [ada, jonas], fields: kinds });
  signer = signerWith(platform, await embedToken(platform, id, ada.email));
  await signer.consent();
  fields = (await signer.read()).fields;
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const own = (type: FieldType): string => fields.find((field) => field.mine && field.type === type)?.id ?? '';
const text = (written: string): FieldValue => ({ kind: 'text', text: written });

/** What is wrong with these values; and nothing of them may have been kept. */
async function faults(values: Record<string, unknown>): Promise<string[]> {
  const before = await signer.read();
  const { status, json } = await signer.save(values as Record<string, FieldValue>);
  assert.equal(status, 422);
  assert.deepEqual(await signer.read(), before);
  return (json.errors as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);
}

test('answers are kept whole, counted, and shown again', async () => {
  const values = {
    [own('signature')]: drawn,
    [own('initials')]: { kind: 'typed', text: 'AN' } as const,
    [own('name')]: text('Ada M. Nordin'),
    [own('text')]: text('Verkställande direktör'),
    [own('checkbox')]: { kind: 'checked', checked: true } as const,
  };
  const revision = (await signer.read()).revision;
  const { json } = await signer.save(values);
  assert.deepEqual(json, { revision: revision + 1, saved_at: new Date(platform.clock.now).toISOString() });
  const shown = await signer.read();
  for (const [id, value] of Object.entries(values)) assert.deepEqual(shown.fields.find((field) => field.id === id)?.value, value);
  assert.deepEqual([shown.revision, shown.saved_at], [revision + 1, json.saved_at]);
  await signer.save({ [own('text')]: null });
  assert.equal((await signer.read()).fields.find(({ id }) => id === own('text'))?.value, null);
});

test('a name is filled in until the signer writes another, or none', async () => {
  const name = async () => (await signer.read()).fields.find(({ id }) => id === own('name'))?.value;
  await signer.save({ [own('name')]: null });
  assert.deepEqual(await name(), text('Ada Nordin'));
  await signer.save({ [own('name')]: text('') });
  assert.deepEqual(await name(), text(''));
});

test("another signer's field, an unknown one and the day of signing cannot be written, and nothing that came with them is kept", async () => {
  const theirs = fields.find(({ mine, type }) => !mine && type === 'text')?.id ?? '';
  assert.deepEqual(
    await faults({ [own('text')]: text('kept?'), [theirs]: text('mine now'), 'x~/': text('x'), [own('date_signed')]: text('2020-01-01') }),
    [`/values/${theirs} unknown-field`, '/values/x~0~1 unknown-field', `/values/${own('date_signed')} fixed`],
  );
});

test('a value of the wrong kind is refused', async () => {
  assert.deepEqual(await faults({ [own('signature')]: text('Ada'), [own('checkbox')]: text('yes'), [own('text')]: drawn }), [
    `/values/${own('signature')} wrong-kind`,
    `/values/${own('checkbox')} wrong-kind`,
    `/values/${own('text')} wrong-kind`,
  ]);
});

test('what could not be stamped as it is seen is refused: control characters, line breaks, turned text, half characters, fillers', async () => {
  for (const bad of ['a\u0000b', 'a\nb', 'a\u2028b', 'a\u202eb', 'a\u2066b', 'a\u3164b', '\u200b \u00ad'])
    assert.deepEqual(await faults({ [own('text')]: text(bad) }), [`/values/${own('text')} control-characters`], JSON.stringify(bad));
  assert.deepEqual(await faults({ [own('text')]: text('a\ud800b') }), [`/values/${own('text')}/text half-character`]);
});

test('a sign that turns what follows is named by its code, in a reason to decline too', async () => {
  const { json } = await signer.save({ [own('text')]: text('a\u202eb\u2066c\u202e') });
  const declined = await signer.decline('No \u202ethanks');
  const params = [json, declined.json].map(({ errors }) => (errors as { params: object }[])[0]?.params);
  assert.deepEqual(params, [{ characters: 'U+202E U+2066' }, { characters: 'U+202E' }]);
});

test('marks of direction and a language may come with an answer, what is no language may not', async () => {
  assert.equal((await signer.save({ [own('text')]: { kind: 'text', text: 'Ada \u200f(שרה)', lang: 'zh-Hant-HK' } })).status, 200);
  assert.deepEqual(await faults({ [own('text')]: { kind: 'text', text: '直', lang: 'x'.repeat(400) } }), [
    `/values/${own('text')}/lang invalid_format`,
  ]);
});

test('a text that would be smaller than 6 points in its field is refused there, whatever its letters', async () => {
  // 179 by 42 points: two lines of Han characters at 12 points, or five at 6 of some 29 each.
  for (const kept of ['山'.repeat(120), 'Managing director '.repeat(12).trim()])
    assert.equal((await signer.save({ [own('text')]: text(kept) })).status, 200, kept);
  for (const long of ['山'.repeat(200), 'Managing director '.repeat(30).trim(), 'ශ්‍රී '.repeat(160)])
    assert.deepEqual(await faults({ [own('text')]: text(long) }), [`/values/${own('text')} does-not-fit`], long);
  assert.deepEqual(await faults({ [own('signature')]: { kind: 'typed', text: 'W'.repeat(60) } }), [
    `/values/${own('signature')} does-not-fit`,
  ]);
});

test('what was kept before it was measured is not signed while it cannot be read', async () => {
  const id = await sendEnvelope(platform, { fields: ['signature', 'text'] });
  const other = signerWith(platform, await embedToken(platform, id, ada.email));
  await other.consent();
  await other.fill();
  const field = (await other.read()).fields.find(({ type }) => type === 'text')?.id ?? '';
  meddle(platform, `update fields set value = '${JSON.stringify(text('Managing director '.repeat(30)))}' where id = '${field}'`);
  const { status, json } = await other.finish();
  assert.equal(status, 422);
  assert.deepEqual(
    (json.errors as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`),
    [`/values/${field} does-not-fit`],
  );
  await other.save({ [field]: text('Director') });
  assert.equal((await other.finish()).status, 200);
});

test('characters that no font has are named', async () => {
  const { status, json } = await signer.save({ [own('text')]: text('Ada ꦧ and 😀'), [own('signature')]: { kind: 'typed', text: '𒀀' } });
  assert.equal(status, 422);
  assert.deepEqual(
    (json.errors as { pointer: string; code: string; params: object }[]).map(({ pointer, code, params }) => ({ pointer, code, params })),
    [
      { pointer: `/values/${own('text')}`, code: 'glyph', params: { characters: 'ꦧ 😀' } },
      { pointer: `/values/${own('signature')}`, code: 'glyph', params: { characters: '𒀀' } },
    ],
  );
  assert.equal((await signer.save({ [own('text')]: text('Grüße Ωμέγα Привет مرحبا שלום नमस्ते สวัสดี 山田 김 გი অ አ ✓→≤☎') })).status, 200);
});

test('a body full of wrong points or unknown fields is a few faults', async () => {
  const ones = Array.from({ length: 250_000 }, () => 1);
  assert.equal((await faults({ [own('signature')]: { kind: 'drawn', strokes: [ones] } })).length, 1);
  assert.deepEqual(await faults(Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [i.toString(36), 1]))), ['/values custom']);
  const more = await signer.save(Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [i.toString(36), null])));
  assert.deepEqual([more.status, more.json.code], [413, 'body-too-large']);
});

test('values that are no values are refused with every place', async () => {
  const endless = Array.from({ length: 6_001 }, () => [1, 1, 1, 0.5]);
  for (const [value, place] of [
    [{ kind: 'drawn', strokes: [] }, '/strokes'],
    [{ kind: 'drawn', strokes: [[]] }, '/strokes/0'],
    [{ kind: 'drawn', strokes: [endless] }, '/strokes'],
    [{ kind: 'drawn', strokes: [[[1, 1, 1, 2]]] }, '/strokes/0/0/3'],
    [{ kind: 'drawn', strokes: [[[501, 1, 1, 1]]] }, '/strokes/0/0/0'],
    [{ kind: 'typed', text: 'x'.repeat(101) }, '/text'],
    [{ kind: 'typed', text: 'x', font: 'mine' }, '/font'],
    [{ kind: 'pdf', text: 'x' }, '/kind'],
  ] as const) {
    const id = own('signature');
    const found = await faults({ [id]: value });
    assert.ok(found[0]?.startsWith(`/values/${id}${place} `), JSON.stringify([value, found]).slice(0, 300));
  }
});
